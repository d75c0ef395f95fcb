"""Coding of hospital stays for the PMSI, and whether the codes hold together."""

from cognoscope.apps.records.coding.app import APPLICATION

__all__ = ["APPLICATION"]
