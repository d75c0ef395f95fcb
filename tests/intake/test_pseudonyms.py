from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.pseudonyms import MAX_SHIFT_DAYS, Pseudonymiser, person_id

KEY = bytes(range(32))
identifiers = st.text(min_size=1).map(str.strip).filter(bool)


@given(identifiers)
def test_a_pseudonym_is_stable_and_has_its_form(identifier: str) -> None:
    one, other = Pseudonymiser(KEY), Pseudonymiser(KEY)
    pseudonym = one.person(identifier)
    assert pseudonym == other.person(f"  {identifier}\t")
    assert len(pseudonym) == 32 and set(pseudonym) <= set("0123456789abcdef")
    assert 0 <= one.person_key(identifier) < 2**63


@given(st.sets(identifiers, min_size=2, max_size=50))
def test_different_persons_have_different_pseudonyms_and_keys(found: set[str]) -> None:
    pseudonymiser = Pseudonymiser(KEY)
    assert len({pseudonymiser.person(each) for each in found}) == len(found)
    assert len({pseudonymiser.person_key(each) for each in found}) == len(found)


@given(st.text(alphabet="ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ", min_size=2))
def test_no_piece_of_a_name_is_in_its_pseudonym(name: str) -> None:
    assert not set(Pseudonymiser(KEY).person(name)) & set(name)


@given(identifiers)
def test_the_key_of_a_person_follows_from_the_pseudonym(identifier: str) -> None:
    pseudonymiser = Pseudonymiser(KEY)
    assert person_id(pseudonymiser.person(identifier)) == pseudonymiser.person_key(identifier)
    assert pseudonymiser.person_key(identifier) == pseudonymiser.key63("person", identifier)


@given(identifiers)
def test_another_key_gives_other_pseudonyms(identifier: str) -> None:
    assert Pseudonymiser(KEY).person(identifier) != Pseudonymiser(bytes(32)).person(identifier)


@given(identifiers)
def test_the_kind_of_row_separates_keys(identifier: str) -> None:
    pseudonymiser = Pseudonymiser(KEY)
    assert pseudonymiser.key63("measurement", identifier) != pseudonymiser.key63("observation", identifier)


@given(identifiers)
def test_dates_move_by_whole_days_within_bounds_and_only_when_asked(identifier: str) -> None:
    moving, still = Pseudonymiser(KEY, date_shift=True), Pseudonymiser(KEY)
    person = moving.person(identifier)
    assert moving.shift_days(person) == Pseudonymiser(KEY, date_shift=True).shift_days(person)
    assert -MAX_SHIFT_DAYS <= moving.shift_days(person) <= MAX_SHIFT_DAYS
    assert still.shift_days(person) == 0


def test_persons_do_not_all_move_alike() -> None:
    moving = Pseudonymiser(KEY, date_shift=True)
    assert len({moving.shift_days(moving.person(str(number))) for number in range(100)}) > 50


@pytest.mark.parametrize("text", ["", "abc", "g" * 32, "0" * 31])
def test_what_is_no_pseudonym_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="32 hexadecimal digits"):
        person_id(text)


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = keys.create(home)
    first = [keys.read(path) for path in made]
    assert made == [home.key_file, home.vault_key_file] and keys.create(home) == []
    assert [keys.read(path) for path in made] == first and first[0] != first[1]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in made)
    assert Pseudonymiser.from_file(home.key_file).fingerprint == keys.fingerprint(first[0])


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (None, 0o600, "There is no key file"),
        ("ab" * 32, 0o644, "can be read by other accounts"),
        ("ab" * 31, 0o600, "does not hold a key"),
        ("zz" * 32, 0o600, "does not hold a key"),
        ("é" * 64, 0o600, "does not hold a key"),
        ("", 0o600, "does not hold a key"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_refused_in_one_sentence(
    tmp_path: Path, content: str | None, mode: int, sentence: str
) -> None:
    path = tmp_path / "pseudonym.key"
    if content is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
    with pytest.raises(InvalidInput, match=sentence) as refused:
        keys.read(path)
    assert content is None or not content or content not in str(refused.value)
