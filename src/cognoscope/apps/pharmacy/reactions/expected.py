"""Whether the labels loaded know the reaction of a suspect medicine, and how often."""

from cognoscope.apps.pharmacy.reactions.reading import Drug, Note, Reaction
from cognoscope.intake.knowledge.labels import class_of
from cognoscope.intake.plain_words import plain_words


def expect(note: Note, drugs: list[Drug], reactions: list[Reaction]) -> None:
    """Write expectedness and CIOMS class (the highest share that a label gives) onto each reaction.

    Without labels nothing is said; a medicine that no label of the edition holds cannot be unexpected.
    """
    if not note.facts.get("labels_edition"):
        return
    suspects = {plain_words(name) for each in drugs if each.role == "suspect" for name in each.substances.split("; ")}
    for reaction in reactions:
        rows = [
            number
            for number, row in enumerate(note.frequency)
            if row["code"] == reaction.code and plain_words(row["substance"]) in suspects
        ]
        if not rows:
            continue
        reaction.expected, reaction.frequency_rows = True, rows
        shares = [note.frequency[number]["low"] for number in rows if note.frequency[number]["low"] is not None]
        reaction.frequency = class_of(max(shares)) if shares else ""
