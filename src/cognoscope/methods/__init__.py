"""Methods without hospital words: arrays in, arrays out."""
