"""Emergency arrivals: case in, proposals out."""

from datetime import timedelta
from pathlib import Path

from cognoscope.apps.emergency.arrivals.abstention import hours_too_short, unknown_place, unreadable, why_abstain
from cognoscope.apps.emergency.arrivals.app_daily import daily_series
from cognoscope.apps.emergency.arrivals.app_hourly import hourly_headline, hourly_series, profile_of
from cognoscope.apps.emergency.arrivals.app_proposals import HORIZON_DAYS, Frame
from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.card import CARD
from cognoscope.apps.emergency.arrivals.case import cases_from_file
from cognoscope.apps.emergency.arrivals.case_counts import Place
from cognoscope.apps.emergency.arrivals.case_history import History, UnknownPlace, calendar_of, read_history
from cognoscope.apps.emergency.arrivals.case_warehouse import cases_from_warehouse
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.apps.emergency.arrivals.model import forecast_daily
from cognoscope.apps.emergency.arrivals.outcomes import outcomes
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal

METHOD = method_digest(__package__, CARD.version)


def propose(case: Case) -> list[Proposal]:
    """Daily arrivals, then admissions if the case has them, then both by hour if it has hours; or why not."""
    try:
        history = read_history(case)
        calendar = calendar_of(history.place)
    except InvalidInput as error:
        reason = unknown_place() if isinstance(error, UnknownPlace) else unreadable()
        frame = Frame(CARD.name, CARD.version, METHOD, case, Place.time_zone)
        return [frame.abstain("arrivals", "daily", reason)]
    frame = Frame(CARD.name, CARD.version, METHOD, case, history.place.time_zone)
    measures = [measure for measure in ("arrivals", "admissions") if measure in history.daily]
    return [proposal for measure in measures for proposal in _on_measure(frame, history, calendar, measure)]


def _on_measure(frame: Frame, history: History, calendar: Calendar, measure: str) -> list[Proposal]:
    steps = ("daily", "hourly") if history.hourly is not None else ("daily",)
    raw = history.daily[measure]
    counts = believable(raw)
    reason = why_abstain(raw, counts, history.today, measure)
    if reason is not None:
        return [frame.abstain(measure, step, reason) for step in steps]
    origin = history.today - timedelta(days=1)
    forecast = forecast_daily(counts, calendar, history.incidence, history.weather, origin, HORIZON_DAYS)
    daily = daily_series(forecast, measure, counts, calendar)
    proposals = [frame.propose(measure, "daily", daily.value, daily.headline, daily.would_change)]
    if history.hourly is None:
        return proposals
    profile = profile_of(history.hourly, measure, calendar)
    if profile is None:
        return [*proposals, frame.abstain(measure, "hourly", hours_too_short(measure))]
    hours = hourly_series(daily.value, profile, history.hourly, calendar, history.place.time_zone)
    return [*proposals, frame.propose(measure, "hourly", hours, hourly_headline(hours, history.today))]


def _evaluate(folder: Path) -> Evaluation:
    # The backtest's readers are heavy and only this verb needs them.
    from cognoscope.apps.emergency.arrivals.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="flow",
)
