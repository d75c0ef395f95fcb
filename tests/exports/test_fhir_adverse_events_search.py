"""Searching AdverseEvent: what people decided shows at once, and no page loses a reaction."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.exports.declarations import AS_OF, case, declaration

from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review
from cognoscope.exports.fhir_search import FhirSources, Query, find, read_query

ZONE = ZoneInfo("Europe/Paris")


@pytest.fixture
def sources(ledger: Ledger) -> FhirSources:
    """Five declarations of two reactions each, of which the third lost both to its reviewer."""
    ledger.keep_case(case())
    for number in range(5):
        made = declaration().model_copy(update={"as_of": AS_OF + timedelta(days=number)})
        ledger.append(ProposalMade(proposal=made, state="advisory"), program("run"), AS_OF)
        for key in ("reaction-1", "reaction-2") if number == 2 else ():
            review = Review(
                proposal=made.digest,
                element=key,
                verdict="overrule",
                reason="other",
                shown_at=AS_OF,
                decided_at=AS_OF,
            )
            ledger.append(ReviewGiven(review=review), person("luc", Role.PHARMACIST), AS_OF)
    application: Any = SimpleNamespace(name="pharmacy.reactions")
    unused: Any = None
    return FhirSources(ledger, unused, [application], lambda account: account, ZONE, "Hôpital", AS_OF)


def pages(sources: FhirSources, query: Query) -> list[Sequence[Any]]:
    found = [find(sources, query)]
    while (following := found[-1].following) is not None:
        found.append(find(sources, Query(query.kind, query.count, following)))
    return [page.resources for page in found]


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_every_standing_reaction_is_found_once_whatever_the_page(sources: FhirSources, count: int):
    found = [resource["id"] for page in pages(sources, Query("AdverseEvent", count)) for resource in page]
    assert len(found) == len(set(found)) == 8


def test_one_is_found_by_its_id_and_by_its_day(sources: FhirSources):
    everything = find(sources, Query("AdverseEvent")).resources
    query = read_query("AdverseEvent", [("_id", everything[0]["id"])], ZONE)
    assert find(sources, query).resources == everything[:1]
    day = read_query("AdverseEvent", [("_lastUpdated", f"{AS_OF:%Y-%m-%d}")], ZONE)
    assert len(find(sources, day).resources) == 8
    with pytest.raises(InvalidInput, match="cannot be searched"):
        read_query("AdverseEvent", [("patient", "x")], ZONE)


def test_an_erased_case_gives_nothing(sources: FhirSources):
    about = case()
    sources.ledger.erase_case(about.digest, program("dpo"), AS_OF, "asked for")
    assert find(sources, Query("AdverseEvent")).resources == []
