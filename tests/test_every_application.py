"""What every application is held to, whoever wrote it. A new one is tested here before it has a test of its own.

Each application brings its sample cases in `tests/apps/<department>/<name>/cases.py`:
`usable() -> list[Case]`, `abstaining() -> dict[str, Case]` (at least empty, too short, out of range, garbage) and
`happen(home) -> datetime`, which lets what the first usable case asks come true in the warehouse and says when. One
whose method is a file of weights may bring `model() -> Path`, a folder of weights small enough for a test.
"""

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from fhir.resources.R4B.observation import Observation

from cognoscope.apps import APPLICATIONS
from cognoscope.core import pixels
from cognoscope.core.actor import Role, person, program
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.events import OutcomeKnown, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.image_value import ImageValue
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import closer, outcomes, outcomes_of, waiting
from cognoscope.core.replay import replay
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.core.values import FINDING, SeriesValue, TextValue, Value
from cognoscope.exports.fhir import proposal_from, proposal_observation
from cognoscope.intake.warehouse import open_warehouse

SOURCE = Path(__file__).parent.parent / "src" / "cognoscope" / "apps"
PROGRAM = program("scheduler")
IDENTITY = {
    "a French social security number": r"\b[12]\d{12}(\d{2})?\b",
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w+",
    "a French telephone number": r"(?<![\d.])0[1-9]([ .-]?\d{2}){4}(?!\d)",
}
ANATOMY = {"card.toml", "case.py", "model.py", "app.py", "evaluate.py"}

every_application = pytest.mark.parametrize("application", APPLICATIONS, ids=lambda each: each.name, indirect=True)


@cache
def cases(name: str) -> ModuleType:
    """The sample cases of an application."""
    path = Path(__file__).parent / "apps" / Path(*name.split(".")) / "cases.py"
    spec = importlib.util.spec_from_file_location(f"cases_of_{name.replace('.', '_')}", path)
    assert spec and spec.loader, f"{name} has no sample cases: write {path}"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def bound(name: str) -> Application:
    """The application, with the weights that its sample cases bring."""
    application = next(each for each in APPLICATIONS if each.name == name)
    if application.with_model is None or not hasattr(cases(name), "model"):
        return application
    pytest.importorskip("onnxruntime", reason="reading images needs the extra `imaging`: run `make imaging`")
    return application.with_model(cases(name).model())


@pytest.fixture
def application(request: pytest.FixtureRequest) -> Application:
    return bound(request.param.name)


@cache
def usable(name: str) -> tuple[Case, ...]:
    return tuple(cases(name).usable())


@cache
def proposed(name: str) -> tuple[tuple[Case, Proposal], ...]:
    """Every proposal on every usable case."""
    return tuple((case, proposal) for case in usable(name) for proposal in bound(name).propose(case))


def test_applications_have_different_names():
    names = [application.name for application in APPLICATIONS]
    assert len(set(names)) == len(names)


def test_every_folder_is_registered():
    folders = {f"{path.parent.parent.name}.{path.parent.name}" for path in SOURCE.glob("*/*/card.toml")}
    assert folders == {application.name for application in APPLICATIONS}


@every_application
def test_anatomy_is_the_same(application: Application):
    folder = SOURCE / Path(*application.name.split("."))
    assert {path.name for path in folder.iterdir()} >= ANATOMY
    lines = (folder / "app.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100, "app.py only joins the pieces: move what it computes into a module of its own"


@every_application
def test_card_is_complete(application: Application):
    card = application.card
    assert {"other"} <= {reason.code for reason in card.reasons}, "people need a reason when none of the others fits"
    assert Role.PATIENT not in (*card.reviewers, *card.readers), "patients read what is published, not proposals"
    assert all(figure.source.strip() for figure in card.reference_figures)
    for sentence in (card.title, card.purpose, card.ai_act.reason, *card.limits, *card.inputs, *card.users):
        assert sentence.fr != sentence.en and sentence.fr[0].isupper() and sentence.en[0].isupper()
    assert re.fullmatch(r"\d+\.\d+\.\d+", card.version)


@every_application
def test_proposes_on_usable_cases(application: Application):
    for case in usable(application.name):
        proposals = [proposal for about, proposal in proposed(application.name) if about is case]
        assert proposals and all(proposal.value is not None for proposal in proposals)
        assert all(proposal.value.kind in application.card.kinds for proposal in proposals if proposal.value)
        questions = [proposal.question for proposal in proposals]
        assert len(set(questions)) == len(questions), "two proposals on one question would replace each other"
        for proposal in proposals:
            assert (proposal.application, proposal.version) == (application.name, application.card.version)
            assert (proposal.case_digest, proposal.subject, proposal.as_of) == (case.digest, case.subject, case.as_of)
            assert proposal.model_digest == application.model_digest
            assert proposal.useful_until > case.as_of
            assert proposal.would_change or proposal.question.endswith("-hourly"), "say what would change the answer"


@every_application
def test_evidence_exists_in_the_case(application: Application):
    for case, proposal in proposed(application.name):
        assert proposal.evidence and all(pointer.exists_in(case) for pointer in proposal.evidence)


@every_application
def test_headline_is_about_an_element(application: Application):
    for _, proposal in proposed(application.name):
        assert proposal.headline and proposal.value
        if proposal.headline.element is not None:
            assert proposal.value.element(proposal.headline.element) is not None


@every_application
@pytest.mark.parametrize("wrong", ["empty", "too short", "out of range", "garbage"])
def test_has_sample_of_what_is_wrong(application: Application, wrong: str):
    assert wrong in cases(application.name).abstaining()


@every_application
def test_abstains_with_a_sentence(application: Application):
    for wrong, case in cases(application.name).abstaining().items():
        proposals = application.propose(case)
        assert proposals, f"{wrong}: silence is no answer"
        for proposal in proposals:
            assert proposal.value is None and proposal.abstention is not None, wrong
            sentence = proposal.abstention.sentence
            for text in (sentence.fr, sentence.en):
                assert text[0].isupper() and text.rstrip()[-1] in ".?" and 30 < len(text) < 400, f"{wrong}: {text}"
                assert not re.search(r"Traceback|Error|None|nan|\bNaN\b|_", text), f"{wrong}: {text}"
            assert sentence.fr != sentence.en
            assert all(pointer.exists_in(case) for pointer in proposal.evidence)


@every_application
def test_no_identity_inside(application: Application):
    for case, proposal in proposed(application.name):
        for text in (proposal.canonical().decode(), case.canonical().decode()):
            for what, pattern in IDENTITY.items():
                # Digests are hexadecimal and may hold any run of digits.
                assert not re.search(pattern, re.sub(r"[0-9a-f]{64}", "", text)), f"{proposal.question} holds {what}"


@every_application
def test_survives_json(application: Application):
    for case, proposal in proposed(application.name):
        assert Case.from_json(case.canonical()).digest == case.digest
        again = Proposal.from_json(proposal.canonical())
        assert again == proposal and again.digest == proposal.digest


@every_application
def test_survives_fhir(application: Application):
    abstained = [
        proposal for case in cases(application.name).abstaining().values() for proposal in application.propose(case)
    ]
    for proposal in [proposal for _, proposal in proposed(application.name)] + abstained:
        resource = json.loads(json.dumps(proposal_observation(proposal)))
        Observation.model_validate(resource)
        assert proposal_from(resource) == proposal


@every_application
def test_same_case_same_bytes(application: Application):
    first = {proposal.digest for _, proposal in proposed(application.name)}
    assert {proposal.digest for case in usable(application.name) for proposal in application.propose(case)} == first


ELSEWHERE = """
import json, sys
from pathlib import Path
from cognoscope.apps import APPLICATIONS
from cognoscope.core import pixels
from cognoscope.core.case import Case
pixels.look_in(Path("pixels"))
found = {}
for name, model in json.load(sys.stdin).items():
    application = next(each for each in APPLICATIONS if each.name == name)
    application = application.with_model(Path(model)) if model else application
    case = Case.from_json(Path(name).read_bytes())
    found[name] = [proposal.digest for proposal in application.propose(case)]
print(json.dumps(found))
"""


@cache
def elsewhere(hash_seed: str) -> dict[str, list[str]]:
    """Digests of the proposals on the first usable case of every application, made by one other process."""
    asked = {}
    with TemporaryDirectory() as name:
        for each in APPLICATIONS:
            try:
                bound(each.name)
            except pytest.skip.Exception:
                continue
            case = usable(each.name)[0]
            Path(name, each.name).write_bytes(case.canonical())
            pixels.save((image.raster for image in case.images), Path(name, "pixels"))
            asked[each.name] = str(cases(each.name).model()) if hasattr(cases(each.name), "model") else None
        done = subprocess.run(
            [sys.executable, "-c", ELSEWHERE],
            input=json.dumps(asked),
            cwd=name,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Auckland", "OMP_NUM_THREADS": hash_seed},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@every_application
@pytest.mark.parametrize(
    "hash_seed", [pytest.param(seed, marks=pytest.mark.xdist_group(f"hash seed {seed}")) for seed in ("1", "2")]
)
def test_same_bytes_in_another_process(application: Application, hash_seed: str):
    """Another process, another hash seed, another folder, another clock zone, one thread or two."""
    first = usable(application.name)[0]
    here = [proposal.digest for about, proposal in proposed(application.name) if about is first]
    assert elsewhere(hash_seed)[application.name] == here


@every_application
def test_proposing_reads_no_clock_and_no_network(application: Application, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("propose is pure: it may not do this")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("time.time", refuse)
    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    monkeypatch.setattr("pathlib.Path.write_text", refuse)
    case = usable(application.name)[-1]
    assert [proposal.digest for proposal in application.propose(case)] == [
        proposal.digest for about, proposal in proposed(application.name) if about is case
    ]


@every_application
def test_review_and_outcome_close_the_loop(application: Application, home: Home, ledger: Ledger):
    case = usable(application.name)[0]
    shown, clinician = case.as_of + timedelta(minutes=5), person("dr.weber", application.card.reviewers[0])
    _promote(ledger, application, case.as_of)
    proposals = run(application, case, ledger, PROGRAM, shown)
    line = next(
        line for line in waiting(ledger, shown, applications=[application.name]) if line.subject == case.subject
    )
    proposal = next(proposal for proposal in proposals if proposal.digest == line.digest)
    assert proposal.value is not None
    measure, key, expected = _first_element(proposal.value)
    review = Review(
        proposal=proposal.digest,
        element=key,
        verdict="amend",
        reason=application.card.reasons[0].code,
        amended="E11.9" if expected is None else expected + 10,
        shown_at=shown,
        decided_at=shown + timedelta(minutes=1),
    )
    ledger.append(ReviewGiven(review=review), clinician, review.decided_at)

    known_at = cases(application.name).happen(home)
    known = application.outcomes(open_warehouse(home), [proposal], known_at)
    assert known and all(proposal.value.element(outcome.element) is not None for outcome in known)
    for outcome in known:
        assert outcome.application == application.name and outcome.known_at == known_at
        ledger.append(OutcomeKnown(outcome=outcome), PROGRAM, known_at)

    stored = outcomes(ledger, application.name, case.subject, measure)
    assert stored[key].value == next(outcome.value for outcome in known if outcome.element == key)
    assert outcomes_of(ledger, proposal) == stored
    if expected is not None:
        compared = closer(ledger, application.name, case.subject)
        assert compared and compared[0].cases == 1
        assert compared[0].program_error == pytest.approx(abs(expected - float(stored[key].value)))
    assert replay(ledger, (application,), proposal.digest).identical
    assert ledger.verify().intact


@every_application
def test_method_digest_names_this_code(application: Application):
    assert re.fullmatch(r"[0-9a-f]{64}", application.model_digest)
    assert application.model_digest != hashlib.sha256(b"").hexdigest()


def _first_element(value: Value) -> tuple[str, str, float | None]:
    """Measure and key of the first part of a value, and its number where it has one."""
    match value:
        case SeriesValue():
            return value.measure, value.points[0].key, value.points[0].expected
        case TextValue():
            return FINDING, value.findings[0].key, None
        case ImageValue():
            return value.measurements[0].key, value.measurements[0].key, value.measurements[0].amount
        case _:
            return FINDING, value.rows[0].key, None


def _promote(ledger: Ledger, application: Application, at: datetime) -> None:
    chief = person("chief", Role.ADMINISTRATOR)
    move: Callable[..., Any] = change_state
    for state in ("shadow", "advisory"):
        move(ledger, application.name, state, chief, "local evaluation read", at)
