"""A link to a study: what it says comes back, what was changed does not, and time ends it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.exports.study_link import follow, study_link

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
STUDY = "2.25.329800735698586629295641978511506172918"


def parts(home: Home) -> dict[str, str]:
    link = urlsplit(study_link(home, STUDY, "https://cognoscope.local/", NOW + timedelta(days=30)))
    assert (link.netloc, link.path) == ("cognoscope.local", "/open")
    return {name: values[0] for name, values in parse_qs(link.query).items()}


def test_a_link_says_its_study_until_it_expires(home: Home):
    made = parts(home)
    there = follow(home, **made, now=NOW)
    late = follow(home, **made, now=NOW + timedelta(days=30))
    assert there is not None and (there.study, there.expired) == (STUDY, False)
    assert late is not None and late.expired


@pytest.mark.parametrize("change", [{"study": "1.2.3"}, {"until": "9999999999"}, {"sign": "x"}, {"sign": ""}])
def test_a_changed_link_says_nothing(home: Home, change: dict[str, str]):
    assert follow(home, **{**parts(home), **change}, now=NOW) is None


@settings(max_examples=60, deadline=None)
@given(study=st.text(max_size=70), until=st.text(max_size=14), sign=st.text(max_size=50))
def test_whatever_is_typed_is_refused_quietly(tmp_path_factory, study: str, until: str, sign: str):
    home = Home(tmp_path_factory.getbasetemp() / "links")
    assert follow(home, study, until, sign, NOW) is None


def test_what_is_no_study_or_no_address_gets_no_link(home: Home):
    for study, base in (("12 rue", "https://a"), ("1." * 40 + "1", "https://a"), (STUDY, "javascript:alert(1)")):
        with pytest.raises(InvalidInput):
            study_link(home, study, base, NOW)
