"""Proposals about images as DICOM objects for the PACS: SEG, SR (TID 1500), encapsulated PDF."""

from cognoscope.exports.dicom.objects import objects_for
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.exports.dicom.warm import warm_up

__all__ = ["Reviewed", "objects_for", "warm_up"]
