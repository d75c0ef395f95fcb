"""Two readers of the same cases side by side: discrimination, decisions, agreement, and where they differ most."""

from cognoscope.methods.comparison.agreement import BlandAltman, bland_altman, dice, weighted_kappa
from cognoscope.methods.comparison.compare import Comparison, compare, compare_measurements
from cognoscope.methods.comparison.decisions import Decisions, decisions
from cognoscope.methods.comparison.estimate import Difference, Estimate
from cognoscope.methods.comparison.roc import Curve, curve, paired_auc

__all__ = [
    "BlandAltman",
    "Comparison",
    "Curve",
    "Decisions",
    "Difference",
    "Estimate",
    "bland_altman",
    "compare",
    "compare_measurements",
    "curve",
    "decisions",
    "dice",
    "paired_auc",
    "weighted_kappa",
]
