"""Proposals, evaluations and cards as plain text for a terminal."""

from cognoscope.core.card import Card, MeasuredFigure, ReferenceFigure
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import Finding, SeriesValue, TableValue, TextValue


def headline_figure(card: Card, language: str) -> str:
    """The first figure of ours with its date; else the first published one, named as such."""
    if card.measured_figures:
        first = card.measured_figures[0]
        return f"{_named(first, language)} ({first.data.in_language(language)}, {first.date})"
    published = card.reference_figures[0]
    return f"not measured here yet; published elsewhere: {_named(published, language)} ({published.source})"


def proposal_in_words(proposal: Proposal, language: str) -> str:
    """Title, then each day's sentence (or each point's value), or the reason for the abstention."""
    lines = [f"{proposal.title.in_language(language)}   [{proposal.subject}, {proposal.question}]"]
    if proposal.abstention is not None:
        lines.append(f"  {proposal.abstention.sentence.in_language(language)}")
    if proposal.headline is not None:
        lines.append(f"  > {proposal.headline.text.in_language(language)}")
    if isinstance(proposal.value, SeriesValue):
        for point in proposal.value.points:
            if point.sentence is not None:
                lines.append(f"  {point.sentence.in_language(language)}")
            else:
                ranges = ", ".join(f"{each.level:.0%} {each.low:g}-{each.high:g}" for each in point.intervals)
                lines.append(f"  {point.key}  {point.expected:7.1f}  {ranges}")
    elif isinstance(proposal.value, TextValue):
        for group in proposal.value.groups:
            of_group = [finding for finding in proposal.value.findings if finding.group == group.name]
            if of_group:
                lines.append(f"  {group.label.in_language(language)}")
            lines += [f"    {_finding(finding, language)}" for finding in of_group]
    elif isinstance(proposal.value, TableValue):
        lines += [f"  {row.key}  {'  '.join(str(cell) for cell in row.cells)}" for row in proposal.value.rows]
    lines += [f"  ~ {sentence.in_language(language)}" for sentence in proposal.would_change]
    return "\n".join(lines)


def _finding(finding: Finding, language: str) -> str:
    """Code, label, qualifiers, details, certainty and reason on one line."""
    details = [f"{each.label.in_language(language)} {each.value}{each.unit or ''}" for each in finding.attributes]
    certainty = [] if finding.certainty is None else [f"{finding.certainty:.0%}"]
    aside = ", ".join([*finding.qualifiers, *details, *certainty])
    said = " ".join(filter(None, (finding.code, finding.label.in_language(language), f"({aside})" if aside else "")))
    return f"{said}: {finding.reason.in_language(language)}" if finding.reason else said


def evaluation_in_words(evaluation: Evaluation) -> str:
    """A table, one line a metric."""
    lines = [
        f"{evaluation.application} {evaluation.version} on {evaluation.dataset}: {evaluation.rows} rows, "
        f"{evaluation.seconds:.0f} s",
        f"{'metric':28} {'value':>9} {'95 % interval':>19} {'baseline':>9} {'published':>9}",
    ]
    for metric in evaluation.metrics:
        lines.append(
            f"{metric.name:28} {_figure(metric.value):>9} {_interval(metric):>19} {_figure(metric.baseline):>9} "
            f"{_figure(metric.reference):>9}  {metric.reference_source or ''}".rstrip()
        )
    return "\n".join(lines)


def card_in_words(card: Card, language: str) -> str:
    """The card in one language."""

    def listed(heading: str, texts: list[str]) -> list[str]:
        return [f"\n{heading}", *(f"  - {text}" for text in texts)] if texts else []

    lines = [f"{card.name} {card.version}: {card.title.in_language(language)}", card.purpose.in_language(language)]
    lines += listed("For", [each.in_language(language) for each in card.users])
    lines += listed("From", [each.in_language(language) for each in card.inputs])
    lines += listed("Limits", [each.in_language(language) for each in card.limits])
    lines += listed(
        "Risks and measures",
        [f"{each.risk.in_language(language)} -> {each.measure.in_language(language)}" for each in card.risks],
    )
    lines += listed("AI Act", [f"{card.ai_act.classification}: {card.ai_act.reason.in_language(language)}"])
    tuned = [f"{each.name.in_language(language)} ({each.licence.in_language(language)})" for each in card.training_data]
    lines += listed("Tuned on", tuned)
    lines += listed(
        "Published figures", [f"{_named(each, language)} ({each.source})" for each in card.reference_figures]
    )
    measured = [
        f"{_named(each, language)} ({each.data.in_language(language)}, {each.date}, {each.command})"
        for each in card.measured_figures
    ]
    lines += listed("Measured here", measured)
    return "\n".join(lines)


def _named(figure: MeasuredFigure | ReferenceFigure, language: str) -> str:
    return f"{figure.name.in_language(language)}: {figure.value.in_language(language)}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _interval(metric: Metric) -> str:
    return "" if metric.low is None or metric.high is None else f"{metric.low:.4g} to {metric.high:.4g}"
