"""The application's card, read once."""

from importlib.resources import as_file, files

from cognoscope.core.card import read_card

with as_file(files(__package__).joinpath("card.toml")) as _path:
    CARD = read_card(_path)
