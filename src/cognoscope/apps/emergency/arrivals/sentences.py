"""What the program says of a day, in French and English."""

from dataclasses import dataclass
from datetime import date, timedelta

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.core.noun import Sentence

WEEKDAYS = (
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NOUNS = {
    "arrivals": Sentence(fr="passages", en="visits"),
    "admissions": Sentence(fr="hospitalisations", en="admissions"),
}
_ONE = {
    "arrivals": Sentence(fr="passage", en="visit"),
    "admissions": Sentence(fr="hospitalisation", en="admission"),
}
_EXPECTED_FR = {
    "arrivals": ("passage attendu", "passages attendus"),
    "admissions": ("hospitalisation attendue", "hospitalisations attendues"),
}

NOTABLE = 0.05
STRONG = 0.15

DRIVERS = {
    "level": Sentence(fr="niveau habituel du site", en="usual level of the site"),
    "weekday": Sentence(fr="jour de la semaine", en="day of the week"),
    "season": Sentence(fr="période de l'année", en="time of year"),
    "holiday": Sentence(fr="jours fériés et leurs voisins", en="public holidays and the days around them"),
    "school": Sentence(fr="vacances scolaires", en="school holidays"),
    "epidemic": Sentence(fr="épidémies saisonnières", en="seasonal epidemics"),
    "weather": Sentence(fr="température inhabituelle", en="unusual temperature"),
    "recent": Sentence(fr="activité des derniers jours", en="activity of the last days"),
}
"""How each driver of the model is called on the screens."""

_SCHOOL_ENGLISH = {
    "Vacances de la Toussaint": "All Saints' school holidays",
    "Vacances de Noël": "Christmas school holidays",
    "Vacances d'hiver": "winter school holidays",
    "Vacances de printemps": "spring school holidays",
    "Vacances d'été": "summer school holidays",
}


@dataclass(frozen=True)
class Said:
    """A day in words: its sentence, how far it is from usual (ratio - 1), and the driver named as the cause."""

    sentence: Sentence
    departure: float
    cause: str | None


def counted(amount: int | float, measure: str) -> Sentence:
    """What the number is of: French is singular below two (`0 passage`, `1,5 passage`), English at one."""
    return Sentence(
        fr=(_ONE if abs(amount) < 2 else NOUNS)[measure].fr, en=(_ONE if abs(amount) == 1 else NOUNS)[measure].en
    )


def french_date(day: date) -> str:
    """21/11/2026."""
    return f"{day:%d/%m/%Y}"


def english_date(day: date) -> str:
    """21 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_name(day: date) -> Sentence:
    """`Jeudi 26/11`, `Thursday 26 November`."""
    french, english = WEEKDAYS[day.weekday()]
    return Sentence(fr=f"{french.capitalize()} {day:%d/%m}", en=f"{english} {day.day} {MONTHS[day.month - 1]}")


def describe_day(
    day: date,
    measure: str,
    expected: float,
    interval: tuple[float, float],
    drivers: dict[str, float],
    usual: float | None,
    calendar: Calendar,
) -> Said:
    """The sentence of a day.

    interval: the 80 % one. drivers: amount by driver. usual: median of the same weekday over the last eight weeks, None
    where too little is known.
    """
    low, high = round(interval[0]), round(interval[1])
    name = day_name(day)
    expected_count = round(expected)
    french = f"{name.fr} : {expected_count} {_EXPECTED_FR[measure][expected_count >= 2]}, entre {low} et {high}"
    english = f"{name.en}: {expected_count} {counted(expected_count, measure).en} expected, between {low} and {high}"
    if not usual:
        return Said(Sentence(fr=f"{french}.", en=f"{english}."), 0.0, None)
    departure = expected / usual - 1
    if abs(departure) < NOTABLE or abs(expected - usual) < 1:
        return Said(Sentence(fr=f"{french} ; comme d'habitude.", en=f"{english}; as usual."), departure, None)
    much_fr, much_en = ("nettement ", "clearly ") if abs(departure) >= STRONG else ("", "")
    more_fr, more_en = ("plus", "more") if departure > 0 else ("moins", "fewer")
    french += f" ; {much_fr}{more_fr} que d'habitude"
    english += f"; {much_en}{more_en} than usual"
    cause = _cause(drivers, expected - usual)
    if cause is not None:
        why = cause_phrase(cause, day, calendar)
        french += f", {why.fr}"
        english += f", {why.en}"
    return Said(Sentence(fr=f"{french}.", en=f"{english}."), departure, cause)


def _cause(drivers: dict[str, float], departure: float) -> str | None:
    """The movable driver that pushes most in the direction of the departure, if it makes a third of it."""
    movable = {name: amount for name, amount in drivers.items() if name not in ("level", "weekday")}
    pushing = {name: amount for name, amount in movable.items() if amount * departure > 0}
    if not pushing:
        return None
    name = max(pushing, key=lambda each: abs(pushing[each]))
    return name if abs(pushing[name]) >= abs(departure) / 3 else None


def cause_phrase(driver: str, day: date, calendar: Calendar) -> Sentence:
    """`à cause du jour férié (Noël)`, `because of the public holiday (Christmas Day)`."""
    match driver:
        case "holiday":
            return _holiday_phrase(day, calendar)
        case "school":
            name = calendar.school_holidays(day, day).get(day)
            if name is None:
                return Sentence(fr="hors vacances scolaires", en="outside school holidays")
            return Sentence(
                fr=f"à cause des {name[0].lower()}{name[1:]}",
                en=f"because of the {_SCHOOL_ENGLISH.get(name, 'school holidays')}",
            )
        case "epidemic":
            return Sentence(
                fr="à cause des épidémies saisonnières (grippe, gastro-entérite)",
                en="because of seasonal epidemics (influenza, gastro-enteritis)",
            )
        case "weather":
            return Sentence(
                fr="à cause de la température des derniers jours", en="because of the temperature of the last days"
            )
        case "season":
            return Sentence(fr="à cause de la période de l'année", en="because of the time of year")
        case _:
            return Sentence(fr="dans la suite des derniers jours", en="in line with the last days")


def _holiday_phrase(day: date, calendar: Calendar) -> Sentence:
    around = (day - timedelta(days=1), day + timedelta(days=1))
    french = calendar.public_holidays(*around, language="fr")
    english = calendar.public_holidays(*around)
    for shift, text_fr, text_en in (
        (0, "à cause du jour férié", "because of the public holiday"),
        (1, "à cause de la veille de férié", "because of the eve of a public holiday"),
        (-1, "à cause du lendemain de férié", "because of the day after a public holiday"),
    ):
        there = day + timedelta(days=shift)
        if there in english:
            return Sentence(fr=f"{text_fr} ({french[there]})", en=f"{text_en} ({english[there]})")
    return Sentence(
        fr="à cause de la place du jour dans le calendrier", en="because of the day's place in the calendar"
    )


def would_change(day: date, measure: str, expected: float, drivers: dict[str, float]) -> tuple[Sentence, ...]:
    """What would move that day, from its own drivers: the two movable ones that weigh most, taken away one by one."""
    name = day_name(day)
    movable = {key: amount for key, amount in drivers.items() if key not in ("level", "weekday")}
    weighing = sorted((key for key in movable if abs(movable[key]) >= 1), key=lambda key: -abs(movable[key]))
    french_name = name.fr[0].lower() + name.fr[1:]
    said = [
        Sentence(
            fr=f"Sans l'effet « {DRIVERS[key].fr} » ({_signed(movable[key])}), {french_name} serait à "
            f"{round(expected - movable[key])} {counted(round(expected - movable[key]), measure).fr}.",
            en=f"Without the effect of “{DRIVERS[key].en}” ({_signed(movable[key])}), {name.en} would be at "
            f"{round(expected - movable[key])} {counted(round(expected - movable[key]), measure).en}.",
        )
        for key in weighing[:2]
    ]
    tenth = round(drivers.get("level", expected) / 10)
    said.append(
        Sentence(
            fr=f"Si le niveau du site changeait de 10 % pour une raison que le programme ignore, {french_name} "
            f"bougerait d'environ {tenth} {counted(tenth, measure).fr}.",
            en=f"If the level of the site changed by 10% for a reason the program does not know, {name.en} would "
            f"move by about {tenth} {counted(tenth, measure).en}.",
        )
    )
    return tuple(said)


def _signed(amount: float) -> str:
    return f"+{round(amount)}" if amount > 0 else f"\N{MINUS SIGN}{abs(round(amount))}"
