"""What is missing, in the order in which an answer helps most; the first is the one that the form asks."""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import rows
from cognoscope.apps.pharmacy.reactions.reading import Criterion, Drug, Note, Reaction
from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class Question:
    """What to ask: by its key, in words a patient understands."""

    key: str
    words: Sentence
    why: Sentence


def missing(
    note: Note, drugs: list[Drug], reactions: list[Reaction], serious: list[Criterion], stated: set[str]
) -> list[Question]:
    """The questions that are open, in the order of `questions.csv`. `stated`: `age`, `sex` where the text says them."""
    suspects = [each for each in drugs if each.role == "suspect"]
    main = suspects[0] if suspects else None
    open_ones = {
        "ask-reaction": not reactions,
        "ask-drug": not drugs,
        "ask-drug-name": bool(drugs) and all(not each.substances for each in drugs),
        "ask-drug-which": any(each.status == "ambiguous" for each in suspects),
        "ask-which-drug": len(suspects) > 1 and suspects[0].weight == suspects[1].weight,
        "ask-start": main is not None and not main.started and main.latency_days is None,
        "ask-onset": bool(reactions) and not any(each.onset or each.latency_days is not None for each in reactions),
        "ask-stop": main is not None and not main.action,
        "ask-outcome": bool(reactions) and not any(each.outcome for each in reactions),
        "ask-seriousness": bool(reactions) and not serious,
        "ask-age": note.facts.get("age_years") is None and "age" not in stated,
        "ask-sex": not note.facts.get("sex") and "sex" not in stated,
        "ask-other-drugs": len(drugs) == 1,
        "ask-other-cause": bool(reactions),
        "ask-rechallenge": main is not None and main.action == "withdrawn" and not main.rechallenge,
    }
    return [
        Question(
            row["key"],
            Sentence(fr=row["question_fr"], en=row["question_en"]),
            Sentence(fr=row["why_fr"], en=row["why_en"]),
        )
        for row in rows("questions.csv")
        if open_ones.get(row["key"])
    ]
