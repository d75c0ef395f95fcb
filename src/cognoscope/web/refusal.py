"""A refusal that is read both on a page, in the visitor's language, and in a terminal, in English."""

from cognoscope.core.errors import CognoscopeError
from cognoscope.core.noun import Sentence


class Refusal(CognoscopeError):
    """Something that cannot be done as asked; `sentence` says why and what to do."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(fr=fr, en=en)
