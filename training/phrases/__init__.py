"""Training of what turns a patient's phrase into a coded term."""
