"""An added model as an application like the others: case in, proposals out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cognoscope.apps.added.app_proposal import proposal
from cognoscope.apps.added.contents import checked_digest
from cognoscope.apps.added.reading import AddedNetwork
from cognoscope.apps.added.settings import Wording, settings_of
from cognoscope.core.application import Application
from cognoscope.core.canonical import digest
from cognoscope.core.card import read_card
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging import from_file, from_study
from cognoscope.methods.images.asking import Asked, Shape, ask
from cognoscope.methods.images.kind import ImageKind
from cognoscope.methods.images.model_folder import ModelFolder


def added_application(folder: Path) -> Application:
    """The application of a folder that `cognoscope models add` wrote.

    Raises:
        InvalidInput: a file of it was changed since, or can no longer be read.
    """
    content = checked_digest(folder)
    card = read_card(folder / "card.toml")
    about = ModelFolder(folder).about
    words = settings_of(about).application
    method = digest({"content": content, "method": method_digest(__package__, card.version)})
    kind = kind_of(card.name, words)
    command = "`cognoscope models add`"
    shape = Shape(card, method, kind, "image", timedelta(days=words.useful_days), command)
    return Application(
        card=card,
        model_digest=method,
        propose=partial(propose, folder=folder, shape=shape, words=words),
        cases_from_file=partial(_from_file, kind),
        cases_from_warehouse=_from_warehouse,
        outcomes=_outcomes,
        evaluate=partial(_evaluate, weights=folder, name=card.name, version=card.version, kind=kind),
        cases_from_study=partial(_from_study, kind),
    )


def kind_of(name: str, words: Wording) -> ImageKind:
    """What it reads."""
    return ImageKind(case=f"added-{name}"[:80], name=words.image, modalities=words.modalities, least=words.least)


def propose(case: Case, folder: Path, shape: Shape, words: Wording) -> list[Proposal]:
    """One proposal an image of the case, or the reason why not."""

    def read(asked: Asked) -> Proposal:
        network = AddedNetwork(folder)
        return proposal(asked, network.about, words, network.read(asked.shown))

    return ask(shape, case, folder, folder, read)


def _from_file(kind: ImageKind, path: Path, as_of: datetime) -> list[Case]:
    return from_file.cases_from_file(kind, path, as_of)


def _from_study(kind: ImageKind, store: Any, study: str, as_of: datetime) -> list[Case]:
    return from_study.cases_from_study(kind, store, study, as_of)


def _from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """None: images come by DICOM or from files."""
    return []


def _outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """None: what the answers of an unknown model come true as is not in the warehouse's terms."""
    return []


def _evaluate(folder: Path, weights: Path, name: str, version: str, kind: ImageKind) -> Evaluation:
    # Readers of reference data are needed by this verb only.
    from cognoscope.apps.added.evaluate import evaluate

    return evaluate(folder, weights, name, version, kind)
