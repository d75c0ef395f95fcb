"""The imaging department of the demonstration hospital: studies of this morning, proposals on them, first decisions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cognoscope.core import pixels
from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.events import ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.demo.imaging.objects import Picture, objects
from cognoscope.demo.imaging.pictures import chests, public
from cognoscope.demo.patients import invented_patient
from cognoscope.demo.staff import MANAGER, RADIOLOGIST

if TYPE_CHECKING:
    from cognoscope.intake.dicom.store import ImageStore

DEPARTMENT = "imaging."
TAKEN_IN_AT = time(7, 15)
"""After the prescriptions."""

Say = Callable[[str], None]


def can_read_images() -> bool:
    """Whether the extra `imaging` is installed."""
    return all(find_spec(name) is not None for name in ("pydicom", "openvino", "onnxruntime", "PIL"))


def take_in_images(home: Home, applications: Iterable[Application], today: date, seed: int, say: Say) -> int:
    """Let studies come in this morning and be proposed on by the applications that have a model here.

    Chest CTs are invented; other images are public ones, which come in only where `COGNOSCOPE_DATASETS` holds them.
    Without the extra `imaging` this says which command installs it and does nothing.

    Returns:
        Number of proposals made.
    """
    chosen = [application for application in applications if application.name.startswith(DEPARTMENT)]
    if not can_read_images():
        say("images are left out: `make imaging demo` installs what reads them and shows them too")
        return 0
    from cognoscope.intake.dicom.store import ImageStore

    pixels.look_in(home.pixels)
    at = datetime.combine(today, TAKEN_IN_AT, ZoneInfo(home.settings().time_zone))
    store, made, number = ImageStore(home), 0, 0
    with Ledger.open(home.ledger_url) as ledger:
        for application in chosen:
            studies: list[str] = []
            for picture in _studies(application.name, seed):
                number += 1
                studies.append(_take_in(store, picture, number, today, at, seed))
            if not studies or application.cases_from_study is None:
                continue
            say(f"{len(studies)} studies for {application.name} come in and lose their identities")
            _promote(application, ledger, at)
            proposals = [
                proposal
                for study in studies
                for case in application.cases_from_study(store, study, at + timedelta(minutes=5))
                for proposal in run(application, case, ledger, program("dicom"), at + timedelta(minutes=6))
            ]
            made += len(proposals)
            decided = [ReviewGiven(review=review) for review in _decisions(proposals, at + timedelta(minutes=20))]
            ledger.append_many((event, RADIOLOGIST.actor, event.review.decided_at) for event in decided)
    return made


def _studies(application: str, seed: int) -> Iterator[Picture]:
    """The one series of each study that this application looks at."""
    return chests(seed) if application == "imaging.lungs" else public(application, seed)


def _take_in(store: "ImageStore", picture: Picture, number: int, today: date, at: datetime, seed: int) -> str:
    rng = Random(f"images-{seed}-{number}")  # noqa: S311
    patient, _ = invented_patient(f"demo-i{number:04d}", f"I{number:07d}", today, rng, youngest=30)
    sent = []
    for one in objects(picture, patient, number, at - timedelta(minutes=rng.randrange(5, 90))):
        stream = BytesIO()
        one.save_as(stream, enforce_file_format=True)
        sent.append(stream.getvalue())
    taken = store.take(sent)
    return taken[0].study


def _promote(application: Application, ledger: Ledger, at: datetime) -> None:
    change_state(ledger, application.name, "shadow", MANAGER.actor, "première lecture", at)
    change_state(ledger, application.name, "advisory", MANAGER.actor, "figures locales lues", at)


def _decisions(proposals: Sequence[Proposal], at: datetime) -> Iterator[Review]:
    """The least urgent one was read already."""
    valued = [proposal for proposal in proposals if proposal.value is not None and proposal.headline]
    quiet = sorted(valued, key=lambda proposal: proposal.headline.urgency if proposal.headline else 0.0)
    for proposal in quiet[: len(quiet) // 3]:
        yield Review(proposal=proposal.digest, verdict="accept", shown_at=at, decided_at=at + timedelta(seconds=55))
