"""Reports that were held back because an identity may be left in them: how many, why, and whether that is right."""

from cognoscope.apps.records.pseudonyms.app import APPLICATION

__all__ = ["APPLICATION"]
