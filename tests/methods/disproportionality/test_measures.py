"""The measures against the R package's numbers, against literal arithmetic in many digits, and at the edges."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality import (
    Counts,
    Prior,
    bcpnn,
    chi_square,
    ebgm,
    fit,
    information_component,
    posterior,
    prr,
    ror,
)
from cognoscope.methods.disproportionality.posterior import mixture_quantile
from cognoscope.methods.disproportionality.screen import screen
from cognoscope.methods.disproportionality.squashing import Squashed, rougher, squash

# Invented counts; the other columns were computed from them in R 4.2 with the expressions of PhViD 1.0.8 (`BCPNN`,
# `PRR`, `ROR`), with chisq.test(correct = TRUE), and for the prior with nlminb run to a relative tolerance of 1e-14.
REFERENCE = pd.read_csv(Path(__file__).parent / "phvid_on_invented_counts.csv")
R_PRIOR = (1.78072432156111, 0.936802048659043, 3.74877494226178, 4.61286717900341, 0.181352781716175)


def margins() -> tuple[Counts, np.ndarray, np.ndarray]:
    drugs, reactions = REFERENCE.groupby("drug").n11.sum(), REFERENCE.groupby("reaction").n11.sum()
    total = REFERENCE.n11.sum()
    counts = Counts.of(REFERENCE.n11, REFERENCE.drug.map(drugs), REFERENCE.reaction.map(reactions), total)
    return counts, drugs.to_numpy(float)[:, None] / total, reactions.to_numpy(float)[:, None]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("prr", lambda counts: prr(counts).value),
        ("prr_low", lambda counts: prr(counts).low),
        ("ror", lambda counts: ror(counts).value),
        ("ror_low", lambda counts: ror(counts).low),
        ("ic", lambda counts: bcpnn(counts).value),
        ("ic025", lambda counts: bcpnn(counts).low),
    ],
)
def test_same_as_the_r_package(column, value):
    assert value(margins()[0]) == pytest.approx(REFERENCE[column].to_numpy(), rel=1e-9, abs=1e-12)


def test_chi_square_as_in_r():
    ours = chi_square(margins()[0])
    assert ours == pytest.approx(REFERENCE.chi.to_numpy(), rel=1e-9, abs=1e-9)


def test_fitted_prior_and_posterior_as_in_r():
    counts, drugs, reactions = margins()
    found = fit(squash(counts.both, counts.expected, drugs, reactions))
    assert found.converged
    assert found.parameters == pytest.approx(R_PRIOR, rel=5e-3)
    scores = ebgm(counts.both, counts.expected, found)
    for ours, column in ((scores.value, "ebgm"), (scores.low, "eb05"), (scores.high, "eb95")):
        assert ours == pytest.approx(REFERENCE[column].to_numpy(), rel=1e-3)


def test_posterior_with_the_same_prior_is_the_same():
    counts = margins()[0]
    scores = ebgm(counts.both, counts.expected, Prior(*R_PRIOR))
    assert scores.value == pytest.approx(REFERENCE.ebgm.to_numpy(), rel=1e-9)
    assert scores.low == pytest.approx(REFERENCE.eb05.to_numpy(), rel=1e-7)


def test_fit_is_the_top_that_another_search_finds():
    """Nelder-Mead on the unsquashed cells, through scipy's own negative binomial, from other starts."""
    counts, drugs, reactions = margins()
    table = REFERENCE.pivot_table(index="drug", columns="reaction", values="n11", fill_value=0)
    n, e = table.to_numpy().ravel(), (drugs @ reactions.T).ravel()

    def loss(free):
        a1, b1, a2, b2 = np.exp(free[:4])
        w = 1 / (1 + np.exp(-free[4]))
        mixed = w * stats.nbinom.pmf(n, a1, b1 / (b1 + e)) + (1 - w) * stats.nbinom.pmf(n, a2, b2 / (b2 + e))
        return -np.log(mixed).sum()

    found = fit(squash(counts.both, counts.expected, drugs, reactions))
    ours = np.array([*np.log(found.parameters[:4]), math.log(found.weight / (1 - found.weight))])
    other = min(
        optimize.minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-9}).fun
        for start in ([0.5, -0.5, 1.0, 1.0, -1.0], [0.0, 0.0, 2.0, 2.0, 0.0])
    )
    assert loss(ours) <= other + 1e-4


@pytest.mark.parametrize(("n", "e"), [(0, 0.3), (1, 0.001), (3, 12.0), (40, 2.5), (900, 1000.0)])
def test_posterior_moments_by_quadrature(n, e):
    """The density of ln lambda integrated numerically: likelihood times prior, nothing of the closed form."""
    prior = Prior(0.6, 0.2, 2.0, 2.5, 0.15)

    def density(x):
        rate = math.exp(x)
        parts = ((prior.weight, prior.alpha1, prior.beta1), (1 - prior.weight, prior.alpha2, prior.beta2))
        mixed = sum(w * stats.gamma.pdf(rate, a, scale=1 / b) for w, a, b in parts)
        return stats.poisson.pmf(n, rate * e) * mixed * rate

    middle = math.log((n + 0.6) / (e + 0.3))
    options = {"points": [middle], "limit": 400, "epsabs": 0, "epsrel": 1e-10}
    whole = integrate.quad(density, -25, 12, **options)[0]
    mean = integrate.quad(lambda x: x * density(x), -25, 12, **options)[0] / whole
    scores = ebgm([n], [e], prior)
    assert scores.value[0] == pytest.approx(math.exp(mean), rel=1e-6)
    below = integrate.quad(density, -25, math.log(scores.low[0]), limit=400, epsabs=0, epsrel=1e-10)[0] / whole
    assert below == pytest.approx(0.05, rel=1e-5)


def test_interpolated_quantiles_are_the_solved_ones():
    generator = np.random.default_rng(3)
    n = np.concatenate([generator.integers(0, 40, 59_000), np.exp(generator.uniform(3.4, 11, 1000)).round()]).astype(
        float
    )
    e = (n + 0.5) * np.exp(generator.uniform(-6, 3, len(n)))
    prior = Prior(0.3, 0.1, 1.8, 2.2, 0.1)
    scores = ebgm(n, e, prior)
    for ours, level in ((scores.low, 0.05), (scores.high, 0.95)):
        assert ours == pytest.approx(mixture_quantile(n, e, prior, level), rel=1e-6)


def test_screen_is_every_measure():
    counts = margins()[0]
    prior = Prior(*R_PRIOR)
    found = screen(counts, counts.expected, prior)
    assert (found.prr_low == prr(counts).low).all() and (found.ror_high == ror(counts).high).all()
    assert (found.bcpnn_low == bcpnn(counts).low).all() and (found.chi_square == chi_square(counts)).all()
    assert found.eb05 == pytest.approx(REFERENCE.eb05.to_numpy(), rel=1e-7)


def test_shrinkage_ic_is_the_gamma_quantile():
    found = information_component([0, 1, 25], [0.0, 0.2, 3.0])
    for index, (o, e) in enumerate([(0, 0.0), (1, 0.2), (25, 3.0)]):
        assert found.value[index] == pytest.approx(math.log2((o + 0.5) / (e + 0.5)), rel=1e-12)
        assert found.low[index] == pytest.approx(math.log2(stats.gamma.ppf(0.025, o + 0.5, scale=1 / (e + 0.5))))


def test_known_table():
    """Worked by hand: 25 of 200 reports of the drug, 75 of 4800 others."""
    counts = Counts.of([25], [200], [100], 5000)
    assert prr(counts).value[0] == pytest.approx((25 / 200) / (75 / 4800))
    assert ror(counts).value[0] == pytest.approx(25 * 4725 / (175 * 75))
    assert counts.expected[0] == pytest.approx(4.0)
    spread = math.exp(1.959963984540054 * math.sqrt(1 / 25 + 1 / 175 + 1 / 75 + 1 / 4725))
    assert ror(counts).high[0] == pytest.approx(ror(counts).value[0] * spread)


def test_zero_cells_say_what_they_do_not_know():
    counts = Counts.of([0, 5, 0, 3], [10, 10, 0, 3], [20, 5, 4, 9], 100)
    assert prr(counts).value[0] == 0 and prr(counts).low[0] == 0 and np.isnan(prr(counts).high[0])
    assert np.isposinf(ror(counts).value[1]) and np.isnan(ror(counts).low[1]) and np.isposinf(ror(counts).high[1])
    assert np.isnan(prr(counts).value[2]) and np.isnan(chi_square(counts)[2])
    assert np.isposinf(ror(counts).value[3]), "no report of the drug without the reaction"
    scores = ebgm(counts.both, counts.expected, Prior(0.2, 0.1, 2, 4, 1 / 3))
    assert np.isfinite([scores.value, scores.low, scores.high]).all()
    assert np.isfinite(information_component(counts.both, counts.expected).low).all()


def test_nothing_expected_leaves_the_prior():
    prior = Prior(0.2, 0.1, 2.0, 4.0, 0.25)
    assert posterior([0], [0.0], prior)[0] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "columns", [([5], [4], [9], 100), ([1], [2], [2], 2.5), ([-1], [4], [9], 100), ([1], [4], [np.nan], 100)]
)
def test_counts_that_do_not_belong_together_are_refused(columns):
    with pytest.raises(InvalidInput):
        Counts.of(*columns)


def test_too_few_pairs_for_a_prior():
    with pytest.raises(InvalidInput, match="20"):
        fit(Squashed(np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([3.0, 400.0])))


def test_squashing_loses_no_cell_and_no_expectation():
    counts, drugs, reactions = margins()
    cells = squash(counts.both, counts.expected, drugs, reactions)
    assert cells.weight.sum() == pytest.approx(len(drugs) * len(reactions))
    assert (cells.weight * cells.expected).sum() == pytest.approx(counts.total[0], rel=1e-9)
    assert (cells.weight * cells.observed).sum() == pytest.approx(counts.total[0])
    coarse = rougher(cells)
    assert len(coarse.weight) < len(cells.weight)
    assert (coarse.weight * coarse.expected).sum() == pytest.approx(counts.total[0], rel=1e-9)


@given(a=st.integers(0, 500), b=st.integers(0, 10**6), c=st.integers(0, 10**6), d=st.integers(1, 10**8))
def test_every_table_gets_an_answer(a, b, c, d):
    """Whatever the table: bounds around values, shrunk towards nothing found, no warning."""
    counts = Counts.of([a], [a + b], [a + c], a + b + c + d)
    for found in (prr(counts), ror(counts)):
        value, low, high = found.value[0], found.low[0], found.high[0]
        if np.isfinite([value, low, high]).all():
            assert low <= value <= high
    ic, network = information_component(counts.both, counts.expected), bcpnn(counts)
    assert ic.low[0] < ic.value[0] < ic.high[0] and network.low[0] < network.value[0] < network.high[0]
    if a and counts.expected[0]:
        assert abs(ic.value[0]) <= abs(math.log2(a / counts.expected[0])) + 1e-9
    scores = ebgm(counts.both, counts.expected, Prior(0.2, 0.1, 2.0, 4.0, 1 / 3))
    assert scores.low[0] < scores.value[0] < scores.high[0]
