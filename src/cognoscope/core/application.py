"""An Application: a card and pure functions. Registration is one visible tuple, `cognoscope.apps.APPLICATIONS`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.ledger import Ledger
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal


@dataclass(frozen=True)
class Application:
    """What the platform needs to know of an application.

    propose: pure; no clock, network or writing; the same case gives the same proposals bit for bit.
    cases_from_file: builds cases from a file of the hospital, as of an instant.
    cases_from_warehouse: builds cases from the warehouse (`cognoscope.intake.warehouse.Warehouse`), as of an instant.
    outcomes: what the warehouse now knows of the elements that these proposals were about.
    evaluate: runs the method on a folder laid out like the reference data.
    reference_folder: where those data lie under `COGNOSCOPE_DATASETS`.
    with_model: for an application whose method is a file of weights: the same application with those of a folder.
        One that is registered without weights abstains until a person adds some (`cognoscope models add`).
    cases_from_study: builds the cases of one study that has just become complete: image store, pseudonymous
        StudyInstanceUID, instant; for applications that read images.
    recall: adds to a case what the ledger already knows of its subject (what was shown before, the policy in force),
        so that `propose` stays pure; called by `cognoscope.core.running.run` only.
    """

    card: Card
    model_digest: str
    propose: Callable[[Case], list[Proposal]]
    cases_from_file: Callable[[Path, datetime], list[Case]]
    cases_from_warehouse: Callable[[Any, datetime], list[Case]]
    outcomes: Callable[[Any, Sequence[Proposal], datetime], list[Outcome]]
    evaluate: Callable[[Path], Evaluation]
    reference_folder: str = ""
    recall: Callable[[Case, Ledger], Case] | None = None
    with_model: "Callable[[Path], Application] | None" = None
    cases_from_study: Callable[[Any, str, datetime], list[Case]] | None = None

    @property
    def name(self) -> str:
        """Department and name, as typed on the command line: `emergency.arrivals`."""
        return self.card.name
