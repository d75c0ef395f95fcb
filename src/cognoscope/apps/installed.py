"""The applications of an installation: those of the tuple, with the models that its people added."""

from pathlib import Path

import cognoscope
from cognoscope.apps import APPLICATIONS
from cognoscope.apps.added import added_application
from cognoscope.core import pixels
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.intake.results.application import foreign_application

RESEARCH = Path(cognoscope.__file__).parents[2] / "research_models"
"""Weights learnt on data for research only: in the source tree, never in what is installed from a package."""


def installed(home: Home) -> tuple[Application, ...]:
    """What may run in this installation; pixels are looked for in its folder from then on.

    A folder `models/NAME` holds the weights of the shipped application of that name, or a whole application that a
    person added (`cognoscope models add`); `models/foreign.NAME` is another maker's algorithm, whose results come in.

    Raises:
        InvalidInput: an added model was changed or can no longer be read.
    """
    pixels.look_in(home.pixels)
    if not home.models.is_dir():
        return APPLICATIONS
    shipped = tuple(
        each.with_model(home.models / each.name) if each.with_model and (home.models / each.name).is_dir() else each
        for each in APPLICATIONS
    )
    added = tuple(added_application(folder) for folder in sorted(home.models.glob("added.*")))
    return shipped + added + tuple(foreign_application(folder) for folder in sorted(home.models.glob("foreign.*")))


def to_try(application: Application) -> Application:
    """The application with weights for research, where the source tree holds some and the installation has none."""
    folder = RESEARCH / application.name.rpartition(".")[2]
    unbound = any(application is each for each in APPLICATIONS)
    if unbound and application.with_model and folder.is_dir():
        return application.with_model(folder)
    return application
