"""Images: arrays in, arrays out."""
