"""Every application, in one visible tuple."""

from cognoscope.apps.emergency import arrivals
from cognoscope.core.application import Application

APPLICATIONS: tuple[Application, ...] = (arrivals.APPLICATION,)
