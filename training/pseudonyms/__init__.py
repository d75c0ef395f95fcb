"""Training of the token classifier and of the leak detector of `cognoscope.intake.deidentification`."""
