"""Which country's days off a series of counts betrays, when nobody said where the hospital lies."""

from datetime import date

import pandas as pd
from threadpoolctl import threadpool_limits

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.fitting import fit_site

DEFAULT = Calendar("FR", None, "B")

_OTHERS = (
    Calendar(None),
    Calendar("FR", None, "A"),
    Calendar("FR", None, "C"),
    Calendar("FR", None, "B", alsace_moselle=True),
    *(Calendar(country) for country in ("US", "CA", "GB", "AU", "BE", "CH", "DE", "ES", "IT", "NL")),
)
_MARGIN = 2.0
"""Natural logarithms of odds in favour of another calendar before the default is left."""


def presumed_calendar(history: pd.Series, until: date) -> Calendar:
    """The calendar under which the counts up to `until` are most probable (marginal likelihood).

    France, zone B, unless another one is at least seven times as probable; `Calendar(None)`, no days off at all, is one
    of the others.

    Raises:
        InvalidInput: fewer than 60 days are known by then.
    """
    with threadpool_limits(1):
        evidence = {each: _evidence(history, each, until) for each in (DEFAULT, *_OTHERS)}
    best = max(_OTHERS, key=lambda each: evidence[each])
    return best if evidence[best] > evidence[DEFAULT] + _MARGIN else DEFAULT


def _evidence(history: pd.Series, calendar: Calendar, until: date) -> float:
    return fit_site(history, calendar, None, None, until, until).evidence()
