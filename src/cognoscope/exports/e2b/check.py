"""Whether an XML file is a case as the ICH E2B(R3) Implementation Guide describes one.

Two tables say what is expected, and this module only compares: `structure.csv` which children an element has and in
which order (`?` at most one, `+` one or more, `*` any number, `|` one of these), `elements.csv` every data element that
is sent here with its place, conformance, format, length and code list. A last look is at the references between drugs,
reactions and assessments. Elements of the guide that are never sent here are unknown, and said to be so.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from cognoscope.exports.e2b.xml import HL7, ICH, MEDDRA, Element

EVENT = "PORR_IN049016UV/controlActProcess/subject/investigationEvent"
ASSESSMENT = f"{EVENT}/component/adverseEventAssessment"
ROLE = f"{ASSESSMENT}/subject1/primaryRole"
PLACES = {
    "{event}": EVENT,
    "{assessment}": ASSESSMENT,
    "{role}": ROLE,
    "{reaction}": f"{ROLE}/subjectOf2/observation[code=1.19:29]",
    "{drug}": f"{ROLE}/subjectOf2/organizer[code=1.20:4]/component/substanceAdministration",
}
REPEATED = ("{reaction}", "{drug}")
"""Parts of which there may be several: what they require, each of them must hold."""

FORMATS = {
    "second": re.compile(r"\d{14}[+-]\d{4}"),
    "day": re.compile(r"\d{8}"),
    "year": re.compile(r"\d{4}(\d{2}){0,2}"),
    "number": re.compile(r"\d+(\.\d+)?"),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "version": re.compile(r"\d{1,2}\.\d"),
    "meddra": re.compile(r"\d{8}"),
    "country": re.compile(r"[A-Z]{2}"),
    "case": re.compile(r"[A-Z]{2}-[^-]+-.+"),
}
_STEP = re.compile(r"(?P<tag>\w+)(?:\[(?P<key>code|root)=(?P<wanted>[^\]]+)\])?")
MOST_BYTES = 20_000_000


def problems(written: bytes) -> list[str]:
    """What is wrong, a sentence each; empty where nothing is."""
    # Entities are the way to make a small file grow in a parser; a case has none.
    if len(written) > MOST_BYTES or b"<!DOCTYPE" in written[:4096] or b"<!ENTITY" in written:
        return ["The file is larger than 20 MB or declares entities: it is not read."]
    try:
        root = ElementTree.fromstring(written)  # noqa: S314  entities are refused above
    except ElementTree.ParseError as error:
        return [f"The file is not well-formed XML: {error}."]
    if root.tag != f"{{{HL7}}}MCCI_IN200100UV01":
        return ["The file does not begin with MCCI_IN200100UV01 of urn:hl7-org:v3."]
    return [*_children(root), *_elements(root), *_references(root)]


def _children(element: Element) -> Iterator[str]:
    tag = _bare(element)
    model = _structure().get(tag)
    names = [_bare(child) for child in element]
    if model is None:
        if names and tag not in ("name", "value", "text"):
            yield f"{tag} is not expected to hold {names[0]}."
    elif not model.fullmatch("".join(f"{name} " for name in names)):
        yield f"{tag} holds {' '.join(names) or 'nothing'}, which is not what the guide lists, in its order."
    for child in element:
        yield from _children(child)


def _elements(root: Element) -> Iterator[str]:
    for row in _data_elements():
        prefix = next((place for place in REPEATED if row["path"].startswith(place)), None)
        parts = list(_at(root, PLACES[prefix])) if prefix else [root]
        if prefix and not parts:
            if row["conformance"] == "required":
                yield f"{row['number']} ({row['name']}) is missing."
            continue
        rest = row["path"].removeprefix(prefix or "").lstrip("/")
        for part in parts:
            found = list(_at(part, rest))
            if not found and row["conformance"] == "required":
                yield f"{row['number']} ({row['name']}) is missing."
            for element in found:
                yield from _content(element, row)


def _content(element: Element, row: Mapping[str, str]) -> Iterator[str]:
    name = f"{row['number']} ({row['name']})"
    allowed = row["allowed"].split()
    flavour = element.get("nullFlavor")
    if flavour is not None:
        if flavour not in allowed:
            yield f"{name} may not have the null flavour {flavour}."
        return
    said = (element.text or "").strip() if row["attribute"] == "text" else element.get(row["attribute"], "")
    if not said:
        if row["conformance"] == "required":
            yield f"{name} is empty."
        return
    if row["longest"] and len(said) > int(row["longest"]):
        yield f"{name} has {len(said)} characters, {row['longest']} are allowed."
    if row["format"] and not FORMATS[row["format"]].fullmatch(said):
        yield f"{name} is {said!r}, which is not in the format the guide asks for."
    if allowed and row["attribute"] != "text" and said not in allowed:
        yield f"{name} is {said!r}; the guide allows {', '.join(allowed)}."
    if row["format"] == "meddra" and element.get("codeSystem") != MEDDRA:
        yield f"{name} is not in MedDRA's code system."


def _references(root: Element) -> Iterator[str]:
    known = {
        "adverseEffectReference": {each.get("root") for each in _at(root, f"{PLACES['{reaction}']}/id")},
        "productUseReference": {each.get("root") for each in _at(root, f"{PLACES['{drug}']}/id")},
    }
    known["actReference"] = known["adverseEffectReference"]
    for tag, there in known.items():
        for element in root.iter(f"{{{HL7}}}{tag}"):
            pointer = element.find(f"{{{HL7}}}id")
            if pointer is None or pointer.get("root") not in there:
                yield f"{tag} points at something that this case does not hold."
    roles = list(_at(root, f"{ASSESSMENT}/component/causalityAssessment[code=1.19:20]"))
    if len(roles) != len(known["productUseReference"]):
        yield "G.k.1 (Characterisation of drug role) is not given once for every drug."
    elif not {"1", "3"} & {each.get("code") for role in roles for each in _at(role, "value")}:
        yield "No drug is suspected or interacting: a case needs one."


def _at(start: Element, path: str) -> Iterator[Element]:
    """The elements at a path of steps `tag`, `tag[code=1.19:29]`, `tag[root=3.1]`; the numbers continue ICH's."""
    for place, full in PLACES.items():
        path = path.replace(place, full)
    found = [start]
    for step in filter(None, path.split("/")):
        matched = _STEP.fullmatch(step)
        assert matched, f"elements.csv: {step} is no step"
        tag, key, wanted = matched.group("tag", "key", "wanted")
        found = [
            child
            for element in found
            for child in element.findall(f"{{{HL7}}}{tag}")
            if key is None or _is(child, key, wanted)
        ]
    yield from found


def _is(element: Element, key: str, wanted: str) -> bool:
    if key == "root":
        return element.get("root") == ICH + wanted
    system, _, value = wanted.partition(":")
    coded = element.find(f"{{{HL7}}}code")
    return coded is not None and (coded.get("code"), coded.get("codeSystem")) == (value, ICH + system)


def _bare(element: Element) -> str:
    return element.tag.removeprefix(f"{{{HL7}}}")


@cache
def _structure() -> dict[str, re.Pattern[str]]:
    models = {}
    for row in _rows("structure.csv"):
        parts = []
        for item in row["children"].split():
            names, count = (item[:-1], item[-1]) if item[-1] in "?+*" else (item, "")
            parts.append(f"(?:{'|'.join(f'{name} ' for name in names.split('|'))}){count}")
        models[row["element"]] = re.compile("".join(parts))
    return models


@cache
def _data_elements() -> tuple[dict[str, str], ...]:
    return tuple(_rows("elements.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))
