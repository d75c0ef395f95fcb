"""What every proposal of this application has in common: question, title, evidence, how long it is of use."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cognoscope.apps.emergency.arrivals.case_clock import local_date
from cognoscope.core.case import Case, Table
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.values import SeriesValue

HORIZON_DAYS = 7
RECENT_ROWS = 56
YEAR_ROWS = 364

_TITLES = {
    ("arrivals", "daily"): Sentence(fr="Passages aux urgences, 7 jours", en="Emergency visits, 7 days"),
    ("admissions", "daily"): Sentence(fr="Hospitalisations depuis les urgences, 7 jours", en="Admissions, 7 days"),
    ("arrivals", "hourly"): Sentence(fr="Passages aux urgences, heure par heure", en="Emergency visits by hour"),
    ("admissions", "hourly"): Sentence(fr="Hospitalisations heure par heure", en="Admissions by hour"),
}


@dataclass(frozen=True)
class Frame:
    """The fixed parts of the proposals on one case; `zone` is the site's time zone."""

    application: str
    version: str
    model_digest: str
    case: Case
    zone: str

    def propose(
        self, measure: str, step: str, value: SeriesValue, headline: Headline, change: tuple[Sentence, ...] = ()
    ) -> Proposal:
        """A proposal with a value."""
        return self._proposal(measure, step, value=value, headline=headline, would_change=change)

    def abstain(self, measure: str, step: str, abstention: Abstention) -> Proposal:
        """A proposal without a value, and why."""
        return self._proposal(measure, step, abstention=abstention)

    def _proposal(self, measure: str, step: str, **said: Any) -> Proposal:
        site = self.case.fact("site_name")
        title = _TITLES[measure, step]
        return Proposal(
            application=self.application,
            version=self.version,
            model_digest=self.model_digest,
            case_digest=self.case.digest,
            subject=self.case.subject,
            subject_name=str(site)[:120] if site else None,
            as_of=self.case.as_of,
            useful_until=end_of_horizon(self.case.as_of, self.zone),
            question=f"{measure}-{step}",
            title=Sentence(fr=f"{title.fr} - {site}", en=f"{title.en} - {site}") if site else title,
            evidence=evidence(self.case, measure, step),
            **said,
        )


def end_of_horizon(as_of: datetime, zone: str) -> datetime:
    """Midnight after the last day forecast, at the site."""
    last = local_date(as_of, zone) + timedelta(days=HORIZON_DAYS)
    return datetime.combine(last, time(), ZoneInfo(zone)).astimezone(UTC)


def evidence(case: Case, measure: str, step: str) -> tuple[Pointer, ...]:
    """Where in the case the forecast comes from; what the case does not hold is not cited."""
    cited: list[Pointer] = []
    daily = case.table("daily")
    if daily is not None and daily.rows and daily.column(measure) is not None:
        rows = daily.rows
        cited.append(
            _rows(daily, max(0, rows - RECENT_ROWS), rows, measure, "huit dernières semaines", "last eight weeks")
        )
        if rows > YEAR_ROWS:
            start = rows - YEAR_ROWS
            stop = min(start + HORIZON_DAYS, rows)
            cited.append(_rows(daily, start, stop, measure, "mêmes jours l'an passé", "same days last year"))
    hourly = case.table("hourly")
    if step == "hourly" and hourly is not None and hourly.rows and hourly.column(measure) is not None:
        cited.append(_rows(hourly, 0, hourly.rows, measure, "profil des heures", "profile of the hours"))
    incidence = case.table("incidence")
    if incidence is not None and incidence.rows:
        cited.append(_rows(incidence, 0, incidence.rows, None, "épidémies publiées", "published epidemics"))
    if case.fact("school_zone") is not None:
        note = Sentence(fr="vacances scolaires de cette zone", en="school holidays of this zone")
        cited.append(FactPointer(fact="school_zone", note=note))
    return tuple(cited)


def _rows(table: Table, start: int, stop: int, column: str | None, fr: str, en: str) -> RowsPointer:
    return RowsPointer(table=table.name, start=start, stop=stop, column=column, note=Sentence(fr=fr, en=en))
