"""How each model file that ships was trained: from public data, with seeds, on the machine of whoever asks."""
