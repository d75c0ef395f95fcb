"""What people type, and what nobody would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.search.parse import MOST_TERMS, Parsed, Term, parse


def word(text):
    return (Term((text,)),)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", Parsed()),
        ("Diabète", Parsed((word("diabete"),))),
        ("l'insuffisance de la rate", Parsed((word("insuffisance"), word("rate")))),
        ("qu’une", Parsed((word("une"),))),
        ("de la", Parsed((word("de"), word("la")))),
        ('"l\'insuffisance rénale"', Parsed(((Term(("insuffisance", "renale"), quoted=True),),))),
        ("« fièvre »", Parsed(((Term(("fievre",), quoted=True),),))),
        ('"fièvre aiguë', Parsed(((Term(("fievre", "aigue"), quoted=True),),))),
        ("E11.9", Parsed(((Term(("e11", "9")),),))),
        ("toux -fièvre", Parsed((word("toux"),), (Term(("fievre",)),))),
        ('-"sans fièvre"', Parsed((), (Term(("sans", "fievre"), quoted=True),))),
        ("toux OU fièvre OR grippe", Parsed(((*word("toux"), *word("fievre"), *word("grippe")),))),
        ("OU toux OU", Parsed((word("toux"),))),
        ("toux ET grippe", Parsed((word("toux"), word("grippe")))),
        ("cardio*", Parsed(((Term(("cardio",), prefix=True),),))),
        ("ca*", Parsed((word("ca"),))),
        ("toux toux", Parsed((word("toux"),))),
        ("- toux", Parsed((word("toux"),))),
    ],
)
def test_typed_and_meant(text, parsed):
    assert parse(text) == parsed


@pytest.mark.parametrize("text", ["!!!", '""', "-", "( )", "OU", "x " * 600, " ".join(f"w{i}" for i in range(60))])
def test_what_cannot_be_understood_is_said(text):
    with pytest.raises(InvalidInput, match=r"search"):
        parse(text)


@pytest.mark.parametrize(("text", "near"), [("fievre", True), ("toux", False), ("covid19", False), ('"fievre"', False)])
def test_errors_are_supposed_in_long_words_only(text, near):
    assert parse(text).required[0][0].near is near


@given(st.text(max_size=200))
def test_anything_is_parsed_or_refused_in_a_sentence(text):
    try:
        parsed = parse(text)
    except InvalidInput as error:
        assert str(error).endswith(".")
        return
    terms = [term for group in parsed.required for term in group] + list(parsed.excluded)
    assert len(terms) <= MOST_TERMS
    assert all(term.words and all(term.words) for term in terms)
    assert bool(terms) == bool(text.strip())
