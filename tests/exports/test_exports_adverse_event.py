"""AdverseEvent resources that an independent reader of FHIR accepts, one a reaction."""

from fhir.resources.R4B.adverseevent import AdverseEvent
from tests.exports.declarations import AS_OF, case, declaration, findings

from cognoscope.core.review import Review
from cognoscope.exports.fhir.adverse_event import adverse_events


def test_each_reaction_is_an_adverse_event_with_its_suspects():
    first, second = adverse_events(declaration(), case())
    for resource in (first, second):
        AdverseEvent.model_validate(resource)
    assert first["event"]["coding"][0]["code"] == "10046735"
    assert (first["date"], first["recordedDate"]) == ("2026-11-10", "2026-11-20")
    assert [each["instance"]["display"] for each in first["suspectEntity"]] == ["Médoxane", "Tierzane"]
    assert len(first["suspectEntity"][0]["causality"]) == 2 and "causality" not in second["suspectEntity"][0]


def test_seriousness_is_that_of_the_reaction():
    first, second = adverse_events(declaration(), case())
    assert first["seriousness"]["coding"][0]["code"] == "serious"
    assert second["seriousness"]["coding"][0]["code"] == "non-serious"


def test_outcome_and_grade_only_where_they_were_stated():
    first, second = adverse_events(declaration(), case())
    assert (first["outcome"]["coding"][0]["code"], first["severity"]["coding"][0]["code"]) == ("resolved", "moderate")
    assert second["outcome"]["coding"][0]["code"] == "unknown" and "severity" not in second


def test_a_reaction_that_was_set_aside_is_not_sent():
    review = Review(
        proposal="b" * 64, element="reaction-1", verdict="overrule", reason="other", shown_at=AS_OF, decided_at=AS_OF
    )
    assert len(adverse_events(declaration(), case(), [review])) == 1


def test_without_a_suspect_there_is_no_suspect_entity():
    resource = adverse_events(declaration(*findings()[:2]), case())[0]
    AdverseEvent.model_validate(resource)
    assert "suspectEntity" not in resource
