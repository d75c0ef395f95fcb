"""CDS Hooks 2.0: prescription software asks while a prescription is written, and is answered with cards.

Specification: https://cds-hooks.hl7.org/2.0/ (its chapters have names, not numbers; docstrings quote the names) and the
hook definitions of https://cds-hooks.org/hooks/.
"""
