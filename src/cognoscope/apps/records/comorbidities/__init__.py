"""Comorbidities that a person's reports assert, with their words."""

from cognoscope.apps.records.comorbidities.app import APPLICATION

__all__ = ["APPLICATION"]
