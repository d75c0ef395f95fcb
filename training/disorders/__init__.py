"""How the classifier of disorders was trained: QUAERO (GFDL) and made sentences, with seeds."""
