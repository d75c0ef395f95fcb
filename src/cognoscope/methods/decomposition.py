"""Splits a product of effects into amounts that add up, in the unit of the product."""

import math
from collections.abc import Mapping


def logarithmic_shares(base: float, effects: Mapping[str, float]) -> dict[str, float]:
    """Amount that each effect adds to `base`, so that all add up to `base * exp(sum(effects)) - base`.

    Each effect is weighted by the logarithmic mean of the start and the end value: the additive form of the logarithmic
    mean Divisia index (Montgomery-Vartia; Ang 2004, doi:10.1016/j.enpol.2003.10.010), the split that leaves no residual
    and does not depend on the order of the effects.

    Args:
        base: the value without any effect, positive.
        effects: name -> effect on the natural logarithm.

    Raises:
        ValueError: `base` is not positive.
    """
    if base <= 0:
        raise ValueError(f"the base of a product of effects is positive, not {base}")
    total = math.fsum(effects.values())
    mean = base if abs(total) < 1e-9 else base * math.expm1(total) / total
    return {name: mean * effect for name, effect in effects.items()}
