"""Imaging: an image comes in, a measured proposal goes out."""
