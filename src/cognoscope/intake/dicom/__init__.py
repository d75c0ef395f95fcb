"""DICOM in: headers, pixels and what of them may be kept; identities stop here."""
