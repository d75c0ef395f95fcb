"""Spontaneous reports of adverse reactions: taken in without identities, counted by drug and reaction."""
