"""Fits the weights of the coding check on invented stays; writes `weights.toml`.

    python -m training.coding.fit

Logistic regression with a ridge penalty, one for coded codes (was it put there by the corruption?), one for absent
ones (was it taken away?), on hospitals of seeds 1 to 4. The evaluation judges on other seeds.
"""

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from cognoscope.apps.records.coding.coherence import judge
from cognoscope.apps.records.coding.knowledge import begins, family
from cognoscope.apps.records.coding.synthetic.corruption import corrupt
from cognoscope.apps.records.coding.synthetic.counted import counted
from cognoscope.apps.records.coding.synthetic.hospital import hospital

SEEDS = (1, 2, 3, 4)
STAYS = 2000
RIDGE = 1.0
FEATURES = {
    "unlikely": ("rule", "unsupported", "supported", "evidence"),
    "missing": ("rule", "said", "said_strongly", "posterior"),
}


def examples():
    """Features and labels of each kind."""
    rows = {kind: [] for kind in FEATURES}
    for seed in SEEDS:
        for made in counted(corrupt(hospital(STAYS, seed), seed)):
            for each in judge(made.stay):
                if each.kind == "unlikely":
                    truth = family(each.code) in made.inserted
                else:
                    covers = {prefix for rule in each.fired for prefix in rule.covers}
                    truth = family(each.code) in made.removed or (
                        each.said is None and any(begins(gone, prefix) for gone in made.removed for prefix in covers)
                    )
                rows[each.kind].append(([each.features[name] for name in FEATURES[each.kind]], truth))
    return {
        kind: (np.array([row[0] for row in found]), np.array([row[1] for row in found], dtype=float))
        for kind, found in rows.items()
    }


def fit(features, labels):
    """Intercept and weights."""
    design = np.column_stack([np.ones(len(features)), features])

    def loss(weights):
        odds = design @ weights
        value = np.sum(np.logaddexp(0, odds) - labels * odds) + RIDGE * np.sum(weights[1:] ** 2) / 2
        slope = design.T @ (1 / (1 + np.exp(-odds)) - labels)
        slope[1:] += RIDGE * weights[1:]
        return value, slope

    return minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x


def main():
    """Write the file."""
    lines = [
        "# Log-odds of a code being wrong, or missing: additive. Written by training/coding/fit.py, from invented",
        "# stays of other seeds than those judged; say little about a real hospital.",
        f'source = "logistic regression, ridge {RIDGE}, invented stays: seeds {SEEDS[0]} to {SEEDS[-1]}, {STAYS} each"',
    ]
    for kind, (features, labels) in examples().items():
        sys.stdout.write(f"{kind}: {len(labels)} codes, {int(labels.sum())} of them spoiled\n")
        weights = fit(features, labels)
        lines += ["", f"[{kind}]", f"intercept = {weights[0]:.4f}"]
        lines += [f"{name} = {weight:.4f}" for name, weight in zip(FEATURES[kind], weights[1:], strict=True)]
    target = Path(str(files("cognoscope.apps.records.coding").joinpath("weights.toml")))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(target.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
