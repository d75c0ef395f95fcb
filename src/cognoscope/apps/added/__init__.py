"""Applications that people of the hospital added: their own network, or somebody else's, with its card."""

from cognoscope.apps.added.app import added_application

__all__ = ["added_application"]
