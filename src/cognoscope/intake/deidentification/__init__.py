"""Identities in texts: found by rules, a small classifier and what is known of the patient; replaced; then searched again."""
