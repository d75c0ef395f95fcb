"""Which pairs of a drug and a reaction are reported together more often than by chance: counts in, measures out."""

from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.gamma_poisson import Prior, fit
from cognoscope.methods.disproportionality.information import bcpnn, information_component
from cognoscope.methods.disproportionality.posterior import ebgm, posterior
from cognoscope.methods.disproportionality.ratios import Estimate, chi_square, prr, ror

__all__ = [
    "Counts",
    "Estimate",
    "Prior",
    "bcpnn",
    "chi_square",
    "ebgm",
    "fit",
    "information_component",
    "posterior",
    "prr",
    "ror",
]
