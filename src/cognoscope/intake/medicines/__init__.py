"""Medicines by the names people type: brands, denominations, substances and codes, each to its set of substances."""

from cognoscope.intake.medicines.catalogue import Medicines, open_medicines
from cognoscope.intake.medicines.medicine import Medicine, Resolution
from cognoscope.intake.medicines.names import fold

__all__ = ["Medicine", "Medicines", "Resolution", "fold", "open_medicines"]
