"""Images over HTTP: pixels as they lie, who may see them, what decisions record, what is hidden until one has read."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web import imaging
from tests.web.people import START, Clock, token

from cognoscope.core import pixels
from cognoscope.core.actor import Role
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.image_value import ImageMark, Overlay, OverlayClass
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.exports.study_link import study_link
from cognoscope.intake import keys
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.web.app import create_app
from cognoscope.web.choices import ChoiceRefused
from cognoscope.web.image_choices import _painted, added_mark
from cognoscope.web.volumes import affine_of, nifti, reduced

Enter = Callable[..., TestClient]


@pytest.fixture
def web(home: Home, ledger: Ledger, clock: Clock) -> Iterator[FastAPI]:
    """The application with drawn images in service, mammograms to be read blind first."""
    imaging.settings(home.path, blind=True)
    imaging.fill(ledger, home)
    app = create_app(home, imaging.APPLICATIONS, clock)
    yield app
    app.state.services.close()


def made(ledger: Ledger, application: str, *, abstains: bool = False) -> Proposal:
    entries = ledger.entries(event="ProposalMade", application=application)
    found = [entry.event.proposal for entry in entries if isinstance(entry.event, ProposalMade)]
    return next(one for one in found if (one.value is None) == abstains)


def reviews(ledger: Ledger) -> list[Review]:
    return [entry.event.review for entry in ledger.entries(event="ReviewGiven") if isinstance(entry.event, ReviewGiven)]


def decide(client: TestClient, proposal: Proposal, choice: str, **typed: str) -> int:
    """Open the page and press one of its buttons."""
    text = client.get(f"/proposals/{proposal.digest}").text
    shown = text.partition('name="shown" value="')[2].partition('"')[0]
    data = {"csrf_token": token(text), "shown": shown, "choice": choice, **typed}
    return client.post(f"/proposals/{proposal.digest}/reviews", data=data).status_code


def test_a_frame_comes_as_it_lies_in_each_coding(ledger: Ledger, person: Enter) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    frame = imaging.phantom()[0][5].astype("<i2").tobytes()
    path = f"/proposals/{proposal.digest}/images/ct/frames/5"
    for coding in ("zstd, gzip", "gzip", "identity"):
        with client.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
            body = b"".join(answer.iter_raw())
        said = answer.headers.get("content-encoding")
        assert said == {"zstd, gzip": "zstd", "gzip": "gzip", "identity": None}[coding]
        if said == "zstd":
            body = pa.Codec("zstd").decompress(body, decompressed_size=len(frame), asbytes=True)
        elif said == "gzip":
            body = gzip.decompress(body)
        assert body == frame
        assert answer.headers["cache-control"] == "no-store"
    assert client.get(f"/proposals/{proposal.digest}/images/ct/frames/24").status_code == 404
    assert client.get(f"/proposals/{proposal.digest}/images/other/frames/0").status_code == 404


def test_looking_through_a_stack_is_one_line_of_the_access_log(web: FastAPI, ledger: Ledger, person: Enter) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    for frame in range(6):
        client.get(f"/proposals/{proposal.digest}/images/ct/frames/{frame}")
    looks = web.state.services.access_log.entries(subject=proposal.subject)
    assert [one.what for one in looks] == ["case_images"]


def test_pixels_are_for_those_who_read_images(ledger: Ledger, person: Enter) -> None:
    proposal = made(ledger, "imaging.drawn")
    coder = person("cora", Role.CODER)
    page = coder.get(f"/proposals/{proposal.digest}")
    assert page.status_code == 200
    assert "Votre rôle ne donne pas accès aux images" in page.text
    assert 'id="image-data"' not in page.text
    assert coder.get(f"/proposals/{proposal.digest}/images/ct/frames/0").status_code == 403
    assert coder.get(f"/proposals/{proposal.digest}/volumes/ct").status_code == 403
    assert coder.get("/worklist").status_code == 403
    assert person("lea", Role.BED_MANAGER).get(f"/proposals/{proposal.digest}/images/ct/frames/0").status_code == 403


def test_the_page_is_light_and_holds_no_pixel(ledger: Ledger, person: Enter) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    page = client.get(f"/proposals/{proposal.digest}")
    data = json.loads(page.text.partition('id="image-data">')[2].partition("</script>")[0])
    assert len(page.content) < 60_000
    assert "niivue" not in page.text
    assert [one["presets"][0][1:] for one in data["images"]] == [[-600.0, 1500.0]]
    assert [(one["key"], one["kind"]) for one in data["overlays"]] == [("regions", "segmentation"), ("heat", "heatmap")]
    assert data["places"] == {"share": ["ct", 12]}
    overlay = client.get(data["overlays"][0]["url"] + "12")
    assert overlay.content == imaging.phantom()[1][12].tobytes()


def test_each_kind_of_element_is_accepted_amended_and_set_aside(
    web: FastAPI, home: Home, ledger: Ledger, person: Enter
) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    assert decide(client, proposal, "accept|share|") == 303
    assert decide(client, proposal, "amend|share|", **{"amended:share": "9,5"}) == 303
    assert decide(client, proposal, "amend|patch|", **{"points:patch": "60 20; 90,5 44"}) == 303
    assert decide(client, proposal, "overrule|patch|wrong-place") == 303
    painted = np.zeros((128, 128), np.uint8)
    runs = {"3": [0, 100, 2, 28, 0, 127 * 128]}
    painted.reshape(-1)[100:128] = 2
    assert decide(client, proposal, "amend|regions|", **{"painted:regions": json.dumps(runs)}) == 303
    drawn = {"image": "ct", "frame": 2, "shape": "ellipse", "points": [[3, 4], [9, 12]], "label": "Nodule"}
    assert decide(client, proposal, "add||", **{"added:mark": json.dumps(drawn)}) == 303

    found = reviews(ledger)
    assert [one.verdict for one in found] == ["accept", "amend", "amend", "overrule", "amend", "amend"]
    assert found[1].amended == 9.5
    assert ImageMark.from_json(str(found[2].amended)).points == ((60.0, 20.0), (90.5, 44.0))
    overlay = Overlay.from_json(str(found[4].amended))
    kept = overlay.raster.array()
    assert np.array_equal(kept[3], painted)
    assert np.array_equal(kept[4], imaging.phantom()[1][4])
    assert list(home.pixels.rglob(f"{overlay.raster.content}.zst"))
    assert (found[5].element, ImageMark.from_json(str(found[5].amended)).label.fr) == ("mine.1", "Nodule")

    text = client.get(f"/proposals/{proposal.digest}").text
    data = json.loads(text.partition('id="image-data">')[2].partition("</script>")[0])
    assert overlay.raster.content in data["overlays"][0]["url"]
    assert [one["key"] for one in data["marks"]] == ["patch", "mine.1"]
    repainted = client.get(data["overlays"][0]["url"] + "3")
    assert repainted.content == painted.tobytes()
    assert decide(client, proposal, "overrule|mine.1|other") == 303
    assert "element-mine.1" not in client.get(f"/proposals/{proposal.digest}").text


@pytest.mark.parametrize(
    ("choice", "typed"),
    [
        ("amend|share|", {"amended:share": "8.4"}),
        ("amend|share|", {"amended:share": "beaucoup"}),
        ("amend|patch|", {"points:patch": "66 26; 84 44"}),
        ("amend|patch|", {"points:patch": "66 26; 84 440"}),
        ("amend|patch|", {"points:patch": "66"}),
        ("amend|regions|", {"painted:regions": ""}),
        ("amend|regions|", {"painted:regions": '{"3": [7, 16384]}'}),
        ("amend|regions|", {"painted:regions": '{"99": [0, 16384]}'}),
        ("amend|heat|", {"painted:heat": '{"3": [1, 16384]}'}),
        ("add||", {"added:mark": '{"image": "ct", "frame": 0, "shape": "box", "points": [[0, 0], [500, 5]]}'}),
        ("mine|share|", {}),
        ("accept|mine.7|", {}),
        ("overrule|share|unknown", {}),
    ],
)
def test_what_cannot_be_recorded_is_refused(ledger: Ledger, person: Enter, choice: str, typed: dict[str, str]) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    assert decide(client, proposal, choice, **typed) == 409
    assert reviews(ledger) == []


SMALL = st.none() | st.integers() | st.floats() | st.text(max_size=4)
FRAMES = st.recursive(
    SMALL,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["0", "1", "-1", "x"]), inner),
    max_leaves=8,
)
DRAWN = st.recursive(
    SMALL,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["image", "frame", "shape", "points", "label"]), inner)
    ),
    max_leaves=10,
)
CASE = imaging.ct_case()
OVERLAY = Overlay(
    key="regions",
    label=imaging.say("Poumon", "Lung"),
    kind="segmentation",
    image="ct",
    raster=pixels.keep(np.zeros((2, 3, 4), np.uint8)),
    classes=(OverlayClass(number=1, name="lung", label=imaging.say("poumon", "lung")),),
)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60) | FRAMES.map(json.dumps))
def test_no_painting_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with pytest.raises(ChoiceRefused):
        _painted(OVERLAY, text, tmp_path_factory.getbasetemp())


@settings(max_examples=60, deadline=None)
@given(drawn=DRAWN)
def test_no_drawing_breaks_the_reader(drawn: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        added_mark(drawn, CASE, "mine.1")


def test_nothing_of_the_program_is_sent_before_one_has_read(ledger: Ledger, person: Enter) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.breasts")
    assert proposal.value is not None
    told = ("Score 9 sur 10", "Opacité</h3>", '"mass"', "cg-measured")
    answer = client.get(f"/proposals/{proposal.digest}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/proposals/{proposal.digest}/blind")
    blind = client.get(f"/proposals/{proposal.digest}/blind").text
    for text in (
        blind,
        client.get("/worklist").text,
        client.get("/").text,
        client.get(f"/subjects/{proposal.subject}").text,
    ):
        assert [words for words in told if words in text] == []
    assert "Votre lecture d&#39;abord" in client.get("/worklist").text
    assert client.get(f"/proposals/{proposal.digest}/images/r_cc/frames/0").status_code == 200

    shown = blind.partition('name="shown" value="')[2].partition('"')[0]
    refused = client.post(
        f"/proposals/{proposal.digest}/reviews",
        data={"csrf_token": token(blind), "shown": shown, "choice": "accept||"},
    )
    assert refused.status_code == 409
    path, form = f"/proposals/{proposal.digest}/blind", {"csrf_token": token(blind), "shown": shown}
    assert client.post(path, data=form).status_code == 422
    assert client.post(path, data={**form, "conclusion": "normal", "mine:score": "x"}).status_code == 422
    assert client.post(path, data={**form, "conclusion": "normal", "mine:marks": "[[]]"}).status_code == 422
    assert reviews(ledger) == []
    mark = {"image": "r_cc", "frame": 0, "shape": "ellipse", "points": [[60, 60], [80, 84]]}
    sent = {**form, "conclusion": "abnormal", "mine:score": "7", "mine:marks": json.dumps([mark])}
    assert client.post(path, data=sent).status_code == 303

    found = {one.element: one for one in reviews(ledger)}
    assert set(found) == {"mine.verdict", "score", "mine.1"}
    assert all(one.blind and one.shown_at <= one.decided_at for one in found.values())
    assert "Score 9 sur 10" in client.get(f"/proposals/{proposal.digest}").text
    assert decide(client, proposal, "mine|score|") == 303
    assert (reviews(ledger)[-1].amended, reviews(ledger)[-1].blind) == (7.0, False)
    other = person("otto", Role.RADIOLOGIST)
    assert other.get(f"/proposals/{proposal.digest}").headers["location"].endswith("/blind")
    clinician = person("clea", Role.CLINICIAN)
    assert "Score 9 sur 10" in clinician.get(f"/proposals/{proposal.digest}").text


def test_the_list_puts_urgent_first_and_keeps_abstentions_apart(ledger: Ledger, person: Enter) -> None:
    client, proposal = person("rita", Role.RADIOLOGIST), made(ledger, "imaging.drawn")
    first = client.get("/worklist").text
    assert first.index('what">Scanner thoracique') < first.index('what">Mammographie')
    assert "trop floue" not in first
    assert "trop floue" in client.get("/worklist?state=abstained").text
    assert 'what">Mammographie' not in client.get("/worklist?modality=CT").text
    assert "Rien avec ce filtre" in client.get("/worklist?unit=Scanner 1").text
    assert decide(client, proposal, "accept|share|") == 303
    assert "lecture commencée" in client.get("/worklist").text
    assert decide(client, proposal, "accept||") == 303
    assert 'what">Scanner thoracique' not in client.get("/worklist").text
    assert "relue" in client.get("/worklist?state=reviewed").text
    follow = client.get(f"/worklist/next?after={proposal.digest}").headers["location"]
    assert follow == f"/proposals/{made(ledger, 'imaging.breasts').digest}"


def test_a_link_opens_the_study_only_with_a_role(home: Home, ledger: Ledger, person: Enter, browser: Enter) -> None:
    proposal = made(ledger, "imaging.drawn")
    link = study_link(home, imaging.STUDY, "https://h", START + timedelta(days=1)).removeprefix("https://h")
    assert browser().get(link).headers["location"].startswith("/sign-in?next=%2Fopen")
    rita = person("rita", Role.RADIOLOGIST)
    assert rita.get(link).headers["location"] == f"/proposals/{proposal.digest}"
    assert person("lea", Role.BED_MANAGER).get(link).status_code == 404
    assert rita.get(link.replace("1111", "1112")).status_code == 403
    old = study_link(home, imaging.STUDY, "https://h", START - timedelta(days=1)).removeprefix("https://h")
    assert rita.get(old).status_code == 410


def test_a_link_with_the_number_of_the_pacs_finds_the_pseudonym(home: Home, ledger: Ledger, person: Enter) -> None:
    keys.create(home)
    original = "1.2.840.99.7"
    study = Pseudonymiser.from_file(home.key_file).uid(original)
    case = imaging.ct_case("person:" + "f" * 32, study)
    imaging.run(imaging.APPLICATIONS[0], case, ledger, imaging.RUNNER, case.as_of)
    link = study_link(home, original, "https://h", START + timedelta(days=1)).removeprefix("https://h")
    answer = person("rita", Role.RADIOLOGIST).get(link)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/proposals/")


def test_a_volume_keeps_its_place_in_space() -> None:
    nibabel = pytest.importorskip("nibabel", reason="volumes need the extra imaging")
    image = imaging.ct_case().images[0]
    read = nibabel.Nifti1Image.from_bytes(nifti(imaging.phantom()[0], affine_of(image)))
    assert read.shape == (128, 128, 24)
    assert nibabel.aff2axcodes(read.affine) == ("L", "P", "S")
    assert read.affine[:3, 3].tolist() == [160.0, 160.0, 40.0]
    assert int(np.asarray(read.dataobj)[10, 20, 3]) == int(imaging.phantom()[0][3, 20, 10])
    assert reduced((800, 512, 512)) == (2, 2, 2)
