"""Every application, in one visible tuple."""

from cognoscope.core.application import Application

APPLICATIONS: tuple[Application, ...] = ()
