"""When a forecast would be a guess: the reasons, in the order they are looked for, each with its sentence.

The thresholds are stated here once and explained on the card. Days are local days of the site; `counts` are the
cleaned ones (what was not transmitted is NaN), `raw` what the case holds.
"""

from datetime import date, timedelta

import pandas as pd

from cognoscope.apps.emergency.arrivals.abstention_break import Break, recent_break
from cognoscope.apps.emergency.arrivals.hourly import DAYS_NEEDED as HOURS_DAYS_NEEDED
from cognoscope.apps.emergency.arrivals.sentences import NOUNS, english_date, french_date
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention

DAYS_NEEDED = 112
LATE_DAYS_ALLOWED = 2
RECENT_DAYS = 56
RECENT_DAYS_NEEDED = 42
LAST_DAYS = 14
LAST_DAYS_NEEDED = 10
ZERO_RUN = 3


def unreadable() -> Abstention:
    """The case holds something that is no history of counts."""
    return _abstain(
        "unreadable-counts",
        "Pas de prévision : les comptages reçus ne sont pas utilisables (nombre négatif, non entier ou démesuré, date "
        "impossible ou en double). Vérifiez le fichier transmis.",
        "No forecast: the counts received cannot be used (a negative, fractional or enormous number, an impossible or "
        "repeated date). Check the file that was sent.",
    )


def unknown_place() -> Abstention:
    """The case names a country, a school zone or a time zone nobody knows."""
    return _abstain(
        "unknown-place",
        "Pas de prévision : le pays, la zone scolaire ou le fuseau horaire du site n'est pas reconnu. "
        "Corrigez les réglages.",
        "No forecast: the country, school zone or time zone of the site is not known. Correct the settings.",
    )


def hours_too_short(measure: str) -> Abstention:
    """The days can be forecast, but too few complete days are known by hour to share them out."""
    noun = NOUNS[measure]
    return _abstain(
        "too-short",
        f"Pas de prévision par heure : il faut {HOURS_DAYS_NEEDED} jours complets de {noun.fr} heure par heure.",
        f"No forecast by hour: {HOURS_DAYS_NEEDED} complete days of {noun.en} hour by hour are needed.",
    )


def why_abstain(raw: pd.Series, counts: pd.Series, today: date, measure: str = "arrivals") -> Abstention | None:
    """The first reason not to forecast from these counts, or None.

    raw: daily counts as transmitted, gapless, NaN = not known. counts: the same, cleaned. today: the first day to
    forecast. measure: arrivals or admissions, for the words.
    """
    noun = NOUNS[measure]
    if len(raw) and raw.index[-1].date() >= today:
        return _abstain(
            "future-dated",
            f"Pas de prévision : des comptages sont datés du {french_date(raw.index[-1].date())}, un jour qui n'est "
            "pas terminé. Vérifiez les dates transmises.",
            f"No forecast: some counts are dated {english_date(raw.index[-1].date())}, a day that is not over. "
            "Check the dates that were sent.",
        )
    if not raw.notna().any():
        return _abstain(
            "no-counts",
            f"Pas de prévision : aucun comptage de {noun.fr} n'a été reçu pour ce site.",
            f"No forecast: no count of {noun.en} has been received for this site.",
        )
    return _not_transmitted(raw, counts, noun) or _too_little(counts, today) or _broken(counts)


def _not_transmitted(raw: pd.Series, counts: pd.Series, noun: Sentence) -> Abstention | None:
    silent = (raw == 0) & counts.isna()
    if not counts.notna().any():
        return _abstain(
            "not-transmitted",
            f"Pas de prévision : tous les jours reçus valent zéro, les {noun.fr} n'ont pas été transmis.",
            f"No forecast: every day received is zero, the {noun.en} were not transmitted.",
        )
    last = silent.iloc[-LAST_DAYS:]
    runs = last.groupby((~last).cumsum()).sum()
    if runs.max() >= ZERO_RUN:
        days = last.index[last]
        return _abstain(
            "not-transmitted",
            f"Pas de prévision : zéro transmis sur {len(days)} jours entre le {french_date(days[0].date())} et le "
            f"{french_date(days[-1].date())} ; ce ne sont pas des jours calmes mais des jours non transmis.",
            f"No forecast: zero was sent for {len(days)} days between {english_date(days[0].date())} and "
            f"{english_date(days[-1].date())}; these are not calm days but days that were not transmitted.",
        )
    return None


def _too_little(counts: pd.Series, today: date) -> Abstention | None:
    known = counts[counts.notna()]
    last = known.index[-1].date()
    late = (today - timedelta(days=1) - last).days
    if late > LATE_DAYS_ALLOWED:
        return _abstain(
            "too-old",
            f"Pas de prévision : le dernier jour connu est le {french_date(last)}, il y a {late + 1} jours. "
            "Transmettez les comptages récents.",
            f"No forecast: the last known day is {english_date(last)}, {late + 1} days ago. Send the recent counts.",
        )
    if len(known) < DAYS_NEEDED:
        return _abstain(
            "too-short",
            f"Pas de prévision : {len(known)} jours connus seulement, il en faut {DAYS_NEEDED} "
            "pour apprendre le rythme de la semaine.",
            f"No forecast: only {len(known)} days are known, {DAYS_NEEDED} are needed to learn the week's rhythm.",
        )
    calendar = pd.date_range(end=pd.Timestamp(today) - pd.Timedelta(days=1), periods=RECENT_DAYS)
    recent = counts.reindex(calendar).notna()
    for days, needed in ((RECENT_DAYS, RECENT_DAYS_NEEDED), (LAST_DAYS, LAST_DAYS_NEEDED)):
        there = int(recent.iloc[-days:].sum())
        if there < needed:
            return _abstain(
                "missing-weeks",
                f"Pas de prévision : sur les {days} derniers jours, {days - there} manquent. "
                "Complétez les comptages transmis.",
                f"No forecast: {days - there} of the last {days} days are missing. Complete the counts sent.",
            )
    return None


def _broken(counts: pd.Series) -> Abstention | None:
    found = recent_break(counts)
    return None if found is None else _break_sentence(found)


def _break_sentence(found: Break) -> Abstention:
    percent = round(abs(found.departure) * 100)
    if percent < 10:
        shape_fr, shape_en = "l'activité vient de changer brusquement", "activity has just changed abruptly"
    else:
        side_fr, side_en = ("au-dessus", "above") if found.departure > 0 else ("au-dessous", "below")
        shape_fr = f"les sept derniers jours sont {percent} % {side_fr} de l'habitude"
        shape_en = f"the last seven days are {percent}% {side_en} usual"
    return _abstain(
        "unexplained-break",
        f"Pas de prévision : {shape_fr} (rupture vue le {french_date(found.day)}) et le programme ne sait pas "
        "l'expliquer (épidémie, fermeture, changement de recueil ?).",
        f"No forecast: {shape_en} (break seen on {english_date(found.day)}) and the program cannot explain it "
        "(an epidemic, a closure, a change in counting?).",
    )


def _abstain(code: str, fr: str, en: str) -> Abstention:
    return Abstention(code=code, sentence=Sentence(fr=fr, en=en))
