"""EDS-NLP's documented pipeline: normaliser with every pollution pattern, sentences, 18 conditions, 5 qualifiers.

Source: EDS-NLP's documentation (aphp.github.io/edsnlp), version 0.23. The pipes are EDS-NLP's own, unchanged.
"""

from typing import Any

from cognoscope.core.errors import NotInstalled

CONDITIONS = (
    "aids",
    "cerebrovascular_accident",
    "ckd",
    "congestive_heart_failure",
    "connective_tissue_disease",
    "copd",
    "dementia",
    "diabetes",
    "hemiplegia",
    "leukemia",
    "liver_disease",
    "lymphoma",
    "myocardial_infarction",
    "peptic_ulcer_disease",
    "peripheral_vascular_disease",
    "solid_tumor",
    "alcohol",
    "tobacco",
)
"""The 16 conditions of the Charlson index and two behaviours, in the order in which their pipes run."""

QUALIFIERS = ("negation", "hypothesis", "family", "history", "reported_speech")

POLLUTION = ("information", "bars", "biology", "doctors", "web", "coding", "footer")


def build(pollution: bool = True, conditions: tuple[str, ...] = CONDITIONS) -> Any:
    """A new documented pipeline (an EDS-NLP `Pipeline`; building takes seconds).

    Args:
        pollution: whether the normaliser looks for polluting text (page footers, web addresses, tables ...).
        conditions: which of `CONDITIONS`.

    Raises:
        NotInstalled: where EDS-NLP is missing.
    """
    try:
        import edsnlp
    except ImportError as error:
        raise NotInstalled("Reading conditions in reports needs the extra `text`: run `make text`.") from error
    _quiet()
    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer", config={"pollution": dict.fromkeys(POLLUTION, True) if pollution else False})
    nlp.add_pipe("eds.sentences")
    for name in (*conditions, *QUALIFIERS):
        nlp.add_pipe(f"eds.{name}")
    return nlp


def _quiet() -> None:
    """EDS-NLP logs each piece of text that it matches or misses: nothing of a report may reach a log."""
    from loguru import logger

    logger.disable("edsnlp")
