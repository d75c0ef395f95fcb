"""Cognoscope: an instrument for people who decide. Never an action, always a proposal."""

__version__ = "0.1.0"
