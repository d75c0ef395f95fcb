"""What the demonstration's pharmacy knows and does: reference tables, prescriptions, declarations, reports."""
