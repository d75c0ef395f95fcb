"""How the models that read images were trained."""
