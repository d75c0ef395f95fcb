"""What this hospital's other stays say of a code: how often it goes with each drug, act, result and word.

Counted, never judged: no stay is labelled right or wrong, since most codes are right. For a code family and a token,
the weight of evidence is the log of how much more often the token is seen (or missing) in stays with the code than
without it, shrunk towards nothing where stays are few (additive smoothing by the token's own share). Sum over tokens:
naive Bayes with the tokens taken as independent, which they are not; so only the strongest count, each within limits,
and what the sum is worth is fitted (`weights.toml`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cognoscope.apps.records.coding.stay import Pair

SMOOTHING = 2.0
LIMIT = 3.0
STRONGEST = 12
FEWEST_WITH_CODE = 5
FEWEST_STAYS = 50
SUGGESTED = 4


@dataclass(frozen=True)
class Seen:
    """One stay as counted: whose it is, its code families, its evidence tokens."""

    person: int
    families: frozenset[str]
    tokens: frozenset[str]


def weight(
    present: NDArray[np.bool_] | bool,
    stays: float,
    with_code: NDArray[np.float64] | float,
    with_token: NDArray[np.float64] | float,
    with_both: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Log-odds that the presence (or absence) of tokens adds to a code; arrays broadcast.

    Args:
        present: whether the stay in question has the token.
        stays: other stays counted.
        with_code: of these, with the code family.
        with_token: with the token.
        with_both: with both.
    """
    share = (np.asarray(with_token) + 0.5) / (stays + 1.0)
    inside = (np.asarray(with_both) + SMOOTHING * share) / (np.asarray(with_code) + SMOOTHING)
    outside = (np.asarray(with_token) - with_both + SMOOTHING * share) / (stays - np.asarray(with_code) + SMOOTHING)
    inside, outside = np.clip(inside, 1e-4, 1 - 1e-4), np.clip(outside, 1e-4, 1 - 1e-4)
    found = np.where(present, np.log(inside / outside), np.log((1 - inside) / (1 - outside)))
    return np.clip(found, -LIMIT, LIMIT)


class Book:
    """Co-occurrence of code families and tokens over many stays."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self.families = sorted({family for stay in seen for family in stay.families})
        self.tokens = sorted({token for stay in seen for token in stay.tokens})
        self._family = {name: index for index, name in enumerate(self.families)}
        self._token = {name: index for index, name in enumerate(self.tokens)}
        self._codes = _indicator([[self._family[one] for one in stay.families] for stay in seen], len(self.families))
        self._evidence = _indicator([[self._token[one] for one in stay.tokens] for stay in seen], len(self.tokens))
        self._rows: dict[int, list[int]] = {}
        for row, stay in enumerate(seen):
            self._rows.setdefault(stay.person, []).append(row)
        self._stays = len(seen)
        self._both = np.asarray((self._codes.T @ self._evidence).todense(), dtype=np.float64)
        self._with_code = np.asarray(self._codes.sum(axis=0), dtype=np.float64).ravel()
        self._with_token = np.asarray(self._evidence.sum(axis=0), dtype=np.float64).ravel()

    def pairs(self, stay: Seen) -> list[Pair]:
        """The counts that matter for a stay, without this person's own stays.

        For each of its codes, and for the few other codes that its tokens speak for most, the strongest tokens;
        nothing where fewer than 50 other stays, or 5 with the code, are known. `row` is the place in the list.
        """
        own = self._rows.get(stay.person, [])
        stays = self._stays - len(own)
        if stays < FEWEST_STAYS:
            return []
        codes, evidence = self._codes[own], self._evidence[own]
        both = self._both - np.asarray((codes.T @ evidence).todense())
        with_code = self._with_code - np.asarray(codes.sum(axis=0)).ravel()
        with_token = self._with_token - np.asarray(evidence.sum(axis=0)).ravel()
        present = np.array([token in stay.tokens for token in self.tokens])
        weights = weight(present[None, :], stays, with_code[:, None], with_token[None, :], both)
        strongest = np.argsort(-np.abs(weights), axis=1, kind="stable")[:, :STRONGEST]
        sums = np.take_along_axis(weights, strongest, axis=1).sum(axis=1)
        prior = np.log((with_code + 0.5) / (stays - with_code + 0.5))
        enough = with_code >= FEWEST_WITH_CODE
        order = np.argsort(-(prior + sums), kind="stable")
        others = [index for index in order if enough[index] and self.families[index] not in stay.families][:SUGGESTED]
        mine = [self._family[name] for name in sorted(stay.families) if name in self._family]
        chosen = [index for index in mine if enough[index]] + others
        found: list[Pair] = []
        for index in chosen:
            for token in strongest[index]:
                found.append(
                    Pair(
                        family=self.families[index],
                        token=self.tokens[token],
                        stays=stays,
                        with_code=int(with_code[index]),
                        with_token=int(with_token[token]),
                        with_both=int(both[index, token]),
                        row=len(found),
                    )
                )
        return found


@dataclass(frozen=True)
class Support:
    """What the other stays say of a code family: prior log-odds, summed evidence, and the pairs by falling weight."""

    prior: float
    evidence: float
    parts: tuple[tuple[Pair, float], ...]


def support(pairs: Sequence[Pair], tokens: frozenset[str]) -> Support:
    """Sum the weights of one family's pairs over the tokens of a stay."""
    parts = [
        (pair, float(weight(pair.token in tokens, pair.stays, pair.with_code, pair.with_token, pair.with_both)))
        for pair in pairs
    ]
    first = pairs[0]
    prior = math.log((first.with_code + 0.5) / (first.stays - first.with_code + 0.5))
    ordered = tuple(sorted(parts, key=lambda part: -abs(part[1])))
    return Support(prior, math.fsum(amount for _, amount in parts), ordered)


def _indicator(columns: list[list[int]], width: int) -> "sparse.csr_matrix":
    pointers = np.cumsum([0, *(len(each) for each in columns)])
    indices = np.array([index for each in columns for index in each], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(columns), width))
