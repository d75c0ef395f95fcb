"""The tables of a received result become a proposal: pure, and nothing is added to what the other system said."""

import json
import math
from datetime import timedelta

from cognoscope.core.case import Case, Cell, Table
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.image_value import Coded, ImageMark, ImageValue, Measurement, Overlay, OverlayClass, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal

USEFUL = timedelta(days=30)
UNREADABLE = Sentence(
    fr="Le résultat reçu ne contient aucune mesure qui puisse être relue : rien n'est proposé.",
    en="The result that was received holds no measurement that could be reviewed: nothing is proposed.",
)
OTHER = Sentence(
    fr="Ce résultat vient d'un autre système ; ses performances ici ne sont pas encore connues.",
    en="This result comes from another system; how well it performs here is not known yet.",
)


def propose(case: Case, name: str, version: str, model_digest: str, title: Sentence) -> list[Proposal]:
    """One proposal for the case of a received result, or the reason why not."""
    measurements = _measurements(case)
    result = case.fact("result")
    common = {
        "application": name,
        "version": version,
        "model_digest": model_digest,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + USEFUL,
        "question": _question(case),
        "title": title,
    }
    if not measurements or not isinstance(result, str):
        return [Proposal.model_validate({**common, "abstention": Abstention(code="no-measure", sentence=UNREADABLE)})]
    marks, overlays = _marks(case), _overlays(case)
    first = measurements[0]
    cited: list[Pointer] = [RowsPointer(table="measurement", start=0, stop=_rows(case.table("measurement")))]
    cited += [FactPointer(fact="algorithm"), FactPointer(fact="algorithm_version")]
    cited += [pointer for mark in marks if (pointer := on_pixels(mark)).exists_in(case)]
    return [
        Proposal.model_validate(
            {
                **common,
                "headline": Headline(element=first.key, text=_headline(first), expected=first.amount),
                "value": ImageValue(measurements=measurements, marks=marks, overlays=overlays),
                "evidence": tuple(cited),
                "would_change": (OTHER,),
            }
        )
    ]


def _question(case: Case) -> str:
    """One question a study: a later result on the same study takes the place of an earlier one."""
    study = case.fact("study") or case.fact("result")
    digits = "".join(each for each in str(study or "") if each.isdigit())
    return f"result-{digits[-24:]}" if digits else "result"


def _headline(one: Measurement) -> Sentence:
    def said(language: str) -> str:
        amount = f"{one.amount:.4g}".replace(".", "," if language == "fr" else ".")
        value = one.words.in_language(language) if one.words else f"{amount} {'' if one.unit == '1' else one.unit}"
        colon = " : " if language == "fr" else ": "
        return f"{one.label.in_language(language)}{colon}{value.strip()}"

    return Sentence(fr=said("fr"), en=said("en"))


def _rows(table: Table | None) -> int:
    return table.rows if table else 0


def _row(table: Table, number: int) -> dict[str, Cell]:
    return {column.name: column.values[number] for column in table.columns}


def _told(row: dict[str, Cell], name: str) -> Sentence | None:
    french, english = row.get(f"{name}_fr"), row.get(f"{name}_en")
    if not isinstance(french, str) or not isinstance(english, str) or not french or not english:
        return None
    return Sentence(fr=french, en=english)


def _code(row: dict[str, Cell]) -> Coded | None:
    value, scheme, meaning = row.get("code"), row.get("scheme"), row.get("meaning")
    if not isinstance(value, str) or not isinstance(scheme, str) or not isinstance(meaning, str):
        return None
    return Coded(value=value, scheme=scheme, meaning=meaning)


def _measurements(case: Case) -> tuple[Measurement, ...]:
    table, found, keys = case.table("measurement"), [], set()
    for number in range(_rows(table)):
        row = _row(table, number) if table else {}
        key, amount, unit = (row.get(name) for name in ("key", "amount", "unit"))
        label = _told(row, "label")
        if not isinstance(key, str) or label is None or key in keys:
            continue
        if isinstance(amount, bool | str) or amount is None or not math.isfinite(amount):
            continue
        keys.add(key)
        found.append(
            Measurement(
                key=key,
                label=label,
                amount=float(amount),
                unit=str(unit or "1"),
                words=_told(row, "words"),
                code=_code(row),
                evidence=(RowsPointer(table="measurement", start=number, stop=number + 1),),
            )
        )
    return tuple(found)


def _marks(case: Case) -> tuple[ImageMark, ...]:
    table, found = case.table("mark"), []
    for number in range(_rows(table)):
        row = _row(table, number) if table else {}
        label = str(row.get("label") or "-")
        try:
            mark = ImageMark.model_validate(
                {
                    "key": row.get("key"),
                    "label": Sentence(fr=label, en=label),
                    "image": row.get("image"),
                    "frame": row.get("frame"),
                    "shape": row.get("shape"),
                    "points": json.loads(str(row.get("points"))),
                    "certainty": row.get("certainty"),
                    "code": _code(row),
                }
            )
        except ValueError:
            continue
        if case.image(mark.image) is not None:
            found.append(mark)
    return tuple(found)


def _overlays(case: Case) -> tuple[Overlay, ...]:
    table = case.table("segment")
    rows = [_row(table, number) for number in range(_rows(table))] if table else []
    overlays = []
    for layer in dict.fromkeys(str(row.get("layer")) for row in rows):
        drawn = case.image(layer)
        here = [row for row in rows if str(row.get("layer")) == layer]
        image = case.image(str(here[0].get("image")))
        if drawn is None or image is None or drawn.raster.shape != image.raster.shape[:3]:
            continue
        classes = []
        for row in here:
            label, number = str(row.get("label") or "-"), row.get("number")
            if isinstance(number, int) and 1 <= number <= 255:
                told = Sentence(fr=label, en=label)
                classes.append(OverlayClass(number=number, name=f"segment-{number}", label=told, code=_code(row)))
        if classes:
            overlays.append(
                Overlay(
                    key=layer,
                    label=Sentence(fr="Segmentation reçue", en="Received segmentation"),
                    kind="segmentation",
                    image=image.name,
                    raster=drawn.raster,
                    classes=tuple(classes),
                )
            )
    return tuple(overlays)
