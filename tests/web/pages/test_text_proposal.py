"""A proposal of findings in texts: what is shown, escaped and linked; deciding finding by finding, and on the rest."""

import html
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web import records
from tests.web.pages.conftest import Enter
from tests.web.pages.test_decide import decide, made
from tests.web.pages.ward import said
from tests.web.people import START, Clock

from cognoscope.core.actor import Role
from cognoscope.core.events import CaseErased
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import Attribute, Finding, Group, TextValue
from cognoscope.web.app import create_app
from cognoscope.web.render_text import text_view


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    app = create_app(home, (records.application(),), clock)
    records.put_into_service(app.state.services.ledger)
    yield app
    app.state.services.close()


@pytest.fixture
def stay(web: FastAPI) -> Proposal:
    return records.propose(web.state.services.ledger)


@pytest.fixture
def coder(person: Enter) -> TestClient:
    return person("camille", Role.CODER)


@pytest.fixture
def page(coder: TestClient, stay: Proposal) -> str:
    answer = coder.get(f"/proposals/{stay.digest}")
    assert answer.status_code == 200, answer.text
    return answer.text


def finding(page: str, key: str) -> str:
    found = re.search(rf'<li [^>]*id="element-{re.escape(key)}".*?(?=<li [^>]*id="element-|</ol>)', page, re.S)
    assert found, key
    return found.group()


def test_findings_stand_under_their_headings_with_code_certainty_reason_and_words(page: str) -> None:
    headings = re.findall(r'cg-group-title"><mark class="cg-mark cg-look-(\d)">([^<]+)<', page)
    assert headings == [("1", "Diagnostic principal"), ("2", "Diagnostics associés"), ("3", "Codes peu vraisemblables")]
    first = finding(page, "J18.9")
    assert "Un antibiotique a été donné." in first
    assert "93\u202f%" in first
    assert "<b>pneumopathie</b>" in first
    assert 'href="#span-J18.9-0"' in first
    assert re.search(r'href="/proposals/[0-9a-f]{64}/rows/drug\?row=1#row-1">Table drug, ligne 2', first)
    assert "<strong>compliqué</strong>" in finding(page, "E11.2")


def test_every_span_is_marked_once_with_the_look_of_its_group_and_its_qualifier_in_words(page: str) -> None:
    for key, look, words in (
        ("J18.9", "cg-look-1", None),
        ("I50.9", "cg-look-3 cg-hollow", "nié"),
        ("I26.9", "cg-look-3 cg-hollow", "hypothèse"),
        ("Z83.3", "cg-look-3 cg-hollow", "famille"),
    ):
        assert page.count(f'id="span-{key}-0"') == 1
        mark = re.search(
            rf'<mark class="cg-mark ([^"]+)" id="span-{key}-0"[^>]*>.*?</mark>(<small[^>]*>([^<]+))?', page
        )
        assert mark, key
        assert (mark.group(1), mark.group(3)) == (look, words)
        assert words is None or words in finding(page, key)


def test_what_was_written_in_a_report_or_a_title_is_only_text(page: str) -> None:
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in page
    assert "Courrier &lt;b&gt;de sortie&lt;/b&gt;" in page
    assert "Signe &lt;i&gt;0&lt;/i&gt;" in page


def test_a_sentence_that_holds_the_words_of_the_same_finding_is_not_marked_too() -> None:
    case = records.stay_case(START)
    inner = records._span((records.REPORT, records.LETTER), "pneumopathie")
    outer = records._span((records.REPORT, records.LETTER), "Conclusion : pneumopathie de la base droite")
    value = TextValue(
        groups=(Group(name="g", label=said("G")),),
        findings=(
            Finding(
                key="one",
                label=said("un"),
                group="g",
                attributes=(Attribute(name="first", label=said("depuis"), value="2024-03-02"),),
                evidence=(*outer, *inner, *inner),
            ),
            Finding(key="two", label=said("deux"), group="g", evidence=outer),
        ),
    )
    shown = text_view(value, case, "fr", str)
    one, two = shown.groups[0].findings
    assert [quote.words for quote in one.quotes] == ["pneumopathie"]
    assert [quote.words for quote in two.quotes] == ["Conclusion : pneumopathie de la base droite"]
    assert one.attributes == [("depuis", "02/03/2024")]
    assert (shown.documents[0].marks, shown.documents[1].marks) == (2, 0)


def test_findings_without_any_document_have_the_page_for_themselves() -> None:
    case = records.stay_case(START)
    value = TextValue(groups=(Group(name="g", label=said("G")),), findings=())
    without = text_view(value, case.model_copy(update={"tables": ()}), "fr", str)
    assert (without.documents, without.erased) == ([], False)
    assert text_view(value, None, "fr", str).erased


def test_a_long_document_shows_passages_and_the_whole_on_request(coder: TestClient, stay: Proposal, page: str) -> None:
    assert "signes plus loin" in page
    assert "Cher confrère" not in page
    address = f"/proposals/{stay.digest}/texts/1"
    assert f'href="{address}"' in page
    whole = coder.get(address)
    assert "Cher confrère" in whole.text
    assert f'href="/proposals/{stay.digest}#element-N18.9"' in whole.text
    part = coder.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'id="span-N18.9-0"' in part
    assert 'href="#element-N18.9"' in part
    for wrong in ("2", "-1", "x", "999999999"):
        assert coder.get(f"/proposals/{stay.digest}/texts/{wrong}").status_code in (404, 422)


def test_twenty_long_documents_stay_a_light_page(coder: TestClient, web: FastAPI) -> None:
    texts = tuple(records.LETTER + records.REPORT + str(rank) + records.LETTER for rank in range(20))
    assert min(map(len, texts)) > 15_000
    many = records.propose(web.state.services.ledger, "S9", texts=texts)
    answer = coder.get(f"/proposals/{many.digest}", headers={"Accept-Encoding": "gzip"})
    assert int(answer.headers["content-length"]) < 60_000
    assert "autres passages ne sont montrés que dans le texte entier" in answer.text


def test_an_erased_case_leaves_the_findings_and_says_so(coder: TestClient, web: FastAPI, stay: Proposal) -> None:
    ledger: Ledger = web.state.services.ledger
    ledger.erase_case(stay.case_digest, records.RUNNER, START, "essai")
    assert any(isinstance(entry.event, CaseErased) for entry in ledger.entries())
    page = coder.get(f"/proposals/{stay.digest}").text
    assert "Les textes de ce cas ont été effacés" in page
    assert "Pneumopathie" in page
    assert coder.get(f"/proposals/{stay.digest}/texts/0").status_code == 404


@pytest.mark.parametrize("choice", ["accept|J18.9|", "overrule|J18.9|experience", "defer|J18.9|"])
def test_one_finding_is_decided_alone(coder: TestClient, stay: Proposal, web: FastAPI, choice: str) -> None:
    answer = decide(coder, stay, choice)
    assert answer.status_code == 303
    (given,) = made(web.state.services.ledger, stay)
    assert (given.review.element, given.review.verdict) == ("J18.9", choice.partition("|")[0])
    page = coder.get(f"/proposals/{stay.digest}").text
    assert "J18.9 Pneumopathie, sans précision" in page
    assert f"Décidés : {0 if choice.startswith('defer') else 1} sur 15" in page


def test_a_code_is_corrected_in_words_and_they_are_escaped(coder: TestClient, stay: Proposal, web: FastAPI) -> None:
    decide(coder, stay, "amend|E11.2|", **{"amended:E11.2": "  E11.6   <b>autre</b> "})
    (given,) = made(web.state.services.ledger, stay)
    assert given.review.amended == "E11.6 <b>autre</b>"
    assert "E11.6 &lt;b&gt;autre&lt;/b&gt;" in coder.get(f"/proposals/{stay.digest}").text


def test_enter_in_a_field_records_only_what_was_rewritten(coder: TestClient, stay: Proposal, web: FastAPI) -> None:
    page = coder.get(f"/proposals/{stay.digest}").text
    fields = dict(re.findall(r'name="(amended:[^"]+)" value="([^"]+)"', page))
    assert len(fields) == 15
    fields["amended:N18.9"] = "N18.3"
    decide(
        coder,
        stay,
        "amend||",
        **{name: html.unescape(text) for name, text in fields.items()},
    )
    assert [(one.review.element, one.review.amended) for one in made(web.state.services.ledger, stay)] == [
        ("N18.9", "N18.3")
    ]


@pytest.mark.parametrize(
    ("choice", "text", "words"),
    [
        ("amend|E11.2|", "", "Écrivez le code"),
        ("amend|E11.2|", "E11.2 Diabète de type 2, avec complications rénales", "pas été changé"),
        ("amend||", "", "pas été changé"),
        ("amend|Z99|", "x", "comprise"),
    ],
)
def test_what_is_no_correction_is_refused(
    coder: TestClient, stay: Proposal, web: FastAPI, choice: str, text: str, words: str
) -> None:
    answer = decide(coder, stay, choice, **{"amended:E11.2": text})
    assert answer.status_code == 409
    assert words in answer.text
    assert made(web.state.services.ledger, stay) == []


def test_accepting_the_rest_leaves_what_was_decided_before(
    coder: TestClient, stay: Proposal, web: FastAPI, clock: Clock
) -> None:
    decide(coder, stay, "overrule|I50.9|other")
    clock.forward(minutes=1)
    assert "Accepter le reste" in coder.get(f"/proposals/{stay.digest}").text
    decide(coder, stay, "accept||")
    page = coder.get(f"/proposals/{stay.digest}").text
    assert "Écartée" in finding(page, "I50.9")
    assert "Acceptée" in finding(page, "J18.9")
    assert "remplacée depuis" not in page
    assert "Tout est décidé." in page
    assert f'href="/next?after={stay.digest}"' in page
    assert "DP J18.9" not in coder.get("/").text


def test_the_next_proposal_is_the_one_that_follows_in_the_list(
    coder: TestClient, stay: Proposal, web: FastAPI, person: Enter
) -> None:
    ledger = web.state.services.ledger
    others = [records.propose(ledger, stay) for stay in ("S2", "S3")]
    digests = {stay.digest, *(one.digest for one in others)}
    seen, here = [], stay.digest
    for _ in range(3):
        seen.append(here)
        here = coder.get(f"/next?after={here}").headers["location"].removeprefix("/proposals/")
    assert set(seen) == digests
    assert here == stay.digest
    for one in others:
        decide(coder, one, "accept||")
    assert coder.get(f"/next?after={stay.digest}").headers["location"] == "/"
    assert coder.get("/next?after=nonsense").status_code == 422
    assert person("sam", Role.CLINICIAN).get(f"/next?after={others[0].digest}").headers["location"] == "/"


def test_the_inbox_says_the_codes_of_a_stay_on_one_line(coder: TestClient, stay: Proposal) -> None:
    page = coder.get("/").text
    assert "DP J18.9 Pneumopathie ; 14 autres codes à vérifier" in page
    assert "Certitude" not in page


def test_a_role_that_the_card_does_not_name_sees_nothing(person: Enter, stay: Proposal) -> None:
    outsider = person("phil", Role.PHARMACIST)
    assert outsider.get(f"/proposals/{stay.digest}").status_code == 403
    assert outsider.get(f"/proposals/{stay.digest}/texts/0").status_code == 403
    reader = person("noor", Role.DATA_PROTECTION_OFFICER).get(f"/proposals/{stay.digest}").text
    assert "pneumopathie" in reader
    assert 'name="choice"' not in reader


def test_english_words(coder: TestClient, stay: Proposal) -> None:
    page = coder.get(f"/proposals/{stay.digest}?lang=en").text
    assert "What was read" in page
    assert "negated" in page
    assert "nié" not in page.replace("nié, supposé", "")


def test_looking_at_a_text_is_noted(coder: TestClient, stay: Proposal, web: FastAPI) -> None:
    coder.get(f"/proposals/{stay.digest}/texts/0")
    (look,) = web.state.services.access_log.entries(what="case_text")
    assert (look.actor.id, look.subject) == ("camille", "stay:S1")


def test_reading_a_proposal_does_not_open_its_documents(person: Enter, coder: TestClient, stay: Proposal) -> None:
    assert "<b>pneumopathie</b>" in person("noor", Role.DATA_PROTECTION_OFFICER).get(f"/proposals/{stay.digest}").text
    manager = person("max", Role.MANAGER)
    page = manager.get(f"/proposals/{stay.digest}")
    assert page.status_code == 200
    assert "Pneumopathie, sans précision" in page.text
    assert "ne donne pas accès aux documents" in page.text
    for words in ("râles crépitants", "crépitants", "metformine", "pneumopathie</"):
        assert words not in page.text
    for path in ("texts/0", "rows/note"):
        assert manager.get(f"/proposals/{stay.digest}/{path}").status_code == 403
    assert manager.get(f"/proposals/{stay.digest}/rows/drug").status_code == 200
    assert coder.get(f"/proposals/{stay.digest}/rows/note").status_code == 200
