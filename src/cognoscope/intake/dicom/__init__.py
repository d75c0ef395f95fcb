"""DICOM comes in here: objects are read safely, put in order, de-identified, kept, and given out as arrays."""
