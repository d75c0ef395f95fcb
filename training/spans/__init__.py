"""Training of the reader of patients' adverse reactions and of the encoder of their phrases."""
