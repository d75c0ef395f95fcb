"""Pharmacy: adverse reactions, signals, interactions, antibiotics."""
