"""Identities in texts: found by rules, a classifier and what is known of the patient; replaced; searched again."""
