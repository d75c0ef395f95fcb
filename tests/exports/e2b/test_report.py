"""A declaration becomes an E2B(R3) case that holds what was stated, in the guide's places, and no name."""

from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from tests.exports.declarations import TEXT, case, declaration, finding, findings

from cognoscope.core.errors import InvalidInput
from cognoscope.core.review import Review
from cognoscope.exports.e2b import Sender, individual_case, problems
from cognoscope.exports.e2b.xml import HL7

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
SENDER = Sender("Hôpital & Cie", "HOPITAL", "ANSM")
NS = {"h": HL7}


def written(*given, reviews=()) -> ElementTree.Element:
    made = individual_case(declaration(*given), case(), SENDER, AT, reviews)
    assert problems(made) == []
    return ElementTree.fromstring(made)


def decided(key: str, verdict: str, **more: str) -> Review:
    return Review.model_validate(
        {"proposal": "b" * 64, "element": key, "verdict": verdict, "shown_at": AT, "decided_at": AT} | more
    )


def reactions(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [
        each
        for each in root.iterfind(".//h:primaryRole/h:subjectOf2/h:observation", NS)
        if each.find("h:code", NS).get("code") == "29"
    ]


def test_it_is_a_case_of_the_sender_with_its_narrative():
    root = written()
    assert root.tag == f"{{{HL7}}}MCCI_IN200100UV01"
    event = root.find(".//h:investigationEvent", NS)
    assert [each.get("extension") for each in event.findall("h:id", NS)] == ["FR-HOPITAL-abc123"] * 2
    assert event.find("h:text", NS).text == TEXT
    assert event.find("h:effectiveTime/h:low", NS).get("value") == "20261120"
    assert root.find("h:creationTime", NS).get("value") == "20261121103000+0100"


def test_reactions_are_coded_with_their_words_dates_and_outcome():
    first, second = reactions(written())
    coded = first.find("h:value", NS)
    assert (coded.get("code"), coded.get("codeSystemVersion")) == ("10046735", "20.1")
    assert coded.find("h:originalText", NS).text == "plaques rouges"
    assert first.find("h:effectiveTime/h:low", NS).get("value") == "20261110"
    assert second.find("h:value/h:originalText", NS).text == "fatigue & vertiges <légers>"


def criteria(reaction: ElementTree.Element) -> dict[str, str]:
    return {
        each.find("h:code", NS).get("code"): each.find("h:value", NS).get("value", "NI")
        for each in reaction.iterfind("h:outboundRelationship2/h:observation", NS)
    }


def test_seriousness_is_true_or_not_stated_never_denied():
    first, second = map(criteria, reactions(written()))
    assert [first[code] for code in ("34", "21", "33", "35", "12", "26")] == ["NI", "NI", "true", "NI", "NI", "NI"]
    assert set(second.values()) == {"NI"}


def test_expedited_follows_seriousness():
    def expedited(root: ElementTree.Element) -> str:
        return next(
            each.find("h:value", NS).get("value")
            for each in root.iterfind(".//h:observationEvent", NS)
            if each.find("h:code", NS).get("code") == "23"
        )

    assert expedited(written()) == "true"
    assert expedited(written(*(each for each in findings() if each.group != "seriousness"))) == "false"


def test_each_drug_has_its_role_and_what_was_done():
    root = written()
    roles = [
        each.find("h:value", NS).get("code")
        for each in root.iterfind(".//h:causalityAssessment", NS)
        if each.find("h:code", NS).get("code") == "20"
    ]
    assert roles == ["1", "2", "3"]
    drug = root.find(".//h:organizer/h:component/h:substanceAdministration", NS)
    assert [each.text for each in drug.iterfind(".//h:ingredientSubstance/h:name", NS)] == ["amoxicilline", "acide"]
    assert drug.find("h:inboundRelationship/h:act/h:code", NS).get("code") == "1"
    assert drug.find("h:outboundRelationship1/h:pauseQuantity", NS).get("value") == "2"
    results = [each.find("h:value", NS).text for each in root.iterfind(".//h:causalityAssessment", NS)]
    assert results[3:] == ["C2 S1 I2 B3", "possible 4"]


def test_people_are_masked():
    root = written()
    assert root.find(".//h:player1/h:name", NS).get("nullFlavor") == "MSK"
    assert root.find(".//h:assignedPerson/h:name/h:family", NS).get("nullFlavor") == "MSK"


def test_what_a_person_set_aside_does_not_leave_and_what_they_corrected_does():
    root = written(
        reviews=[
            decided("reaction-2", "overrule", reason="other"),
            decided("reaction-1", "overrule", reason="other"),
            decided("reaction-1", "amend", amended="10037868"),
        ]
    )
    assert [each.find("h:value", NS).get("code") for each in reactions(root)] == ["10037868"]


def test_the_same_proposal_gives_the_same_bytes():
    assert individual_case(declaration(), case(), SENDER, AT) == individual_case(declaration(), case(), SENDER, AT)


@pytest.mark.parametrize(
    ("left_out", "says"),
    [("reaction", "needs a reaction"), ("suspect", "needs a reaction and a suspect"), ("code", "Urticaire first")],
)
def test_what_is_missing_is_said(left_out: str, says: str):
    given = {
        "reaction": [each for each in findings() if each.group != "reaction"],
        "suspect": [each for each in findings() if each.group not in ("suspect-drug", "interacting-drug")],
        "code": [finding("reaction-1", "reaction", "Urticaire"), *findings()[2:]],
    }[left_out]
    with pytest.raises(InvalidInput, match=says):
        individual_case(declaration(*given), case(), SENDER, AT)
