"""The demonstration hospital: synthetic, and says so."""
