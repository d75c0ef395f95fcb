"""When it began, what was done, how it went: dates, stopping, outcome and what came of taking the drug again."""

from datetime import date, timedelta

from cognoscope.apps.pharmacy.reactions.chronology import Dated, dates_of, lapses_of
from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.phrasebook import Hit
from cognoscope.apps.pharmacy.reactions.qualify import Cues, qualifiers_of
from cognoscope.apps.pharmacy.reactions.reading import Drug, Note, Reaction, Span

NEAR = 60
"""Characters between a date and what it is the date of."""


def follow(note: Note, found: Cues, drugs: list[Drug], reactions: list[Reaction]) -> None:
    """Write onto drugs and reactions what the text says of their course."""
    _dates(note, drugs, reactions)
    _actions(note, found, drugs)
    _outcomes(note, found, reactions)
    _again(note, found, drugs)
    _dechallenge(drugs, reactions)


def _dates(note: Note, drugs: list[Drug], reactions: list[Reaction]) -> None:
    dates = dates_of(note.text, note.words)
    starts, stops, onsets = (_hits(note, kind) for kind in ("start", "action", "onset"))
    for one in dates:
        drug = _nearest_drug(note, drugs, one)
        begins, ends, appears = (_far(note, one, hits) for hits in (starts, stops, onsets))
        near = min(begins, ends, appears, NEAR)
        reaction = _nearest_reaction(note, reactions, one)
        if drug is not None and ends == near < NEAR:
            drug.stopped = drug.stopped or one.date
        elif drug is not None and begins == near < NEAR:
            if not drug.started:
                drug.started, drug.started_span = one.date, (one.start, one.stop)
        elif reaction is not None and not reaction.onset:
            for each in reactions:
                if each.sentence == reaction.sentence and not each.onset:
                    each.onset, each.onset_span = one.date, (one.start, one.stop)
    given = note.facts.get("drug_started_on")
    if given and len(drugs) == 1 and not drugs[0].started:
        drugs[0].started = str(given)
    appeared = note.facts.get("reaction_started_on")
    if appeared and reactions and not reactions[0].onset:
        for each in reactions:
            each.onset = each.onset or str(appeared)
    _lapses(note, drugs, reactions)


def _lapses(note: Note, drugs: list[Drug], reactions: list[Reaction]) -> None:
    for lapse in lapses_of(note.words):
        sentence = _sentence(note, lapse.start)
        here = [each for each in drugs if sentence in each.sentences] or drugs[:1]
        told = [each for each in reactions if each.sentence == sentence] or [
            each for each in reactions if abs(each.sentence - sentence) == 1
        ]
        if lapse.kind == "after" and told:
            for each in told:
                if each.latency_days is None:
                    each.latency_days, each.onset_span = lapse.days, each.onset_span or (lapse.start, lapse.stop)
        elif lapse.kind in ("since", "ago") and here and not here[0].started:
            received = _day(str(note.facts.get("received_on") or ""))
            if received is not None and lapse.days >= 1:
                here[0].started = (received - timedelta(days=int(lapse.days))).isoformat()
                here[0].started_span = (lapse.start, lapse.stop)
    first = next((each for each in drugs if each.started), None)
    for each in reactions:
        onset, started = _day(each.onset), _day(first.started) if first else None
        if each.latency_days is None and onset and started:
            each.latency_days = float((onset - started).days)
    latency = next((each.latency_days for each in reactions if each.latency_days is not None), None)
    for drug in drugs:
        if drug.role == "suspect":
            drug.latency_days = latency


def _actions(note: Note, found: Cues, drugs: list[Drug]) -> None:
    for hit in cues("action").find(note.words):
        if "negated" in qualifiers_of(hit, note.words, found) or not drugs:
            continue
        if hit.meaning == "withdrawn" and _is_other_stop(note, hit):
            continue
        start = note.words[hit.first].start
        drug = min(
            (each for each in drugs if each.role != "concomitant"),
            key=lambda each: min(abs(span[0] - start) for span in each.spans),
            default=None,
        )
        if drug is not None and not drug.action:
            drug.action = hit.meaning
            drug.action_span = (start, note.words[hit.stop - 1].stop)


def _is_other_stop(note: Note, hit: Hit) -> bool:
    """`arrêt cardiaque`, `arrêt de travail` stop no medicine."""
    after = [word.plain for word in note.words[hit.stop : hit.stop + 3]]
    return bool({"cardiaque", "respiratoire", "cardio", "travail", "pas"} & set(after[:2]))


def _outcomes(note: Note, found: Cues, reactions: list[Reaction]) -> None:
    over = note.facts.get("over")
    for hit in cues("outcome").find(note.words):
        qualifiers = qualifiers_of(hit, note.words, found)
        meaning = hit.meaning
        if {"family", "hypothesis", "history"} & set(qualifiers):
            continue
        if "negated" in qualifiers:
            # `sans séquelle` is a recovery; `pas disparu` is none.
            meaning = {"sequelae": "", "recovered": "not-recovered", "recovering": "not-recovered"}.get(meaning, "")
        if not meaning:
            continue
        span = (note.words[hit.first].start, note.words[hit.stop - 1].stop)
        for each in _concerned(note, reactions, hit):
            if _RANK.get(meaning, 0) > _RANK.get(each.outcome, 0):
                each.outcome, each.outcome_span = meaning, span
    for each in reactions:
        if not each.outcome and over:
            each.outcome = "recovered" if over == "yes" else "not-recovered"


_RANK = {"recovering": 1, "not-recovered": 2, "recovered": 2, "sequelae": 3, "fatal": 4}


def _concerned(note: Note, reactions: list[Reaction], hit: Hit) -> list[Reaction]:
    """The reactions of the same sentence, else all that were told before."""
    sentence = note.words[hit.first].sentence
    here = [each for each in reactions if each.sentence == sentence]
    return here or [each for each in reactions if each.sentence <= sentence]


def _again(note: Note, found: Cues, drugs: list[Drug]) -> None:
    again = [hit for hit in cues("again").find(note.words) if "negated" not in qualifiers_of(hit, note.words, found)]
    if not again or not drugs:
        return
    suspect = next((each for each in drugs if each.role == "suspect"), drugs[0])
    for hit in cues("relapse").find(note.words):
        near = min(again, key=lambda each: abs(each.first - hit.first))
        if abs(near.first - hit.first) <= 15:
            denied = "negated" in qualifiers_of(hit, note.words, found)
            suspect.rechallenge = "negative" if denied else "positive"
            suspect.rechallenge_span = (note.words[min(near.first, hit.first)].start, note.words[hit.stop - 1].stop)
            return


def _dechallenge(drugs: list[Drug], reactions: list[Reaction]) -> None:
    better = any(each.outcome in ("recovered", "recovering") for each in reactions)
    worse = any(each.outcome == "not-recovered" for each in reactions)
    for drug in drugs:
        if drug.action in ("withdrawn", "reduced") and drug.role != "concomitant":
            drug.dechallenge = "positive" if better else "negative" if worse else ""


def _hits(note: Note, kind: str) -> list[Span]:
    return [
        (note.words[hit.first].start, note.words[hit.stop - 1].stop)
        for hit in cues(kind).find(note.words)
        if kind != "action" or hit.meaning == "withdrawn"
    ]


def _far(note: Note, one: Dated, spans: list[Span]) -> int:
    """Characters from the nearest cue of the same sentence to a date; cues before it count half."""
    sentence = _sentence(note, one.start)
    far = [
        (one.start - stop) if stop <= one.start else 2 * (start - one.stop) + 4
        for start, stop in spans
        if _sentence(note, start) == sentence
    ]
    return min((each for each in far if each >= 0), default=NEAR)


def _nearest_drug(note: Note, drugs: list[Drug], one: Dated) -> Drug | None:
    if not drugs:
        return None
    return min(drugs, key=lambda each: min(abs(span[0] - one.start) for span in each.spans))


def _nearest_reaction(note: Note, reactions: list[Reaction], one: Dated) -> Reaction | None:
    sentence = _sentence(note, one.start)
    return next((each for each in reactions if each.sentence in (sentence, sentence + 1)), None)


def _sentence(note: Note, start: int) -> int:
    return note.words[min(note.first_at(start), len(note.words) - 1)].sentence


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
