"""A linear learner: ridge regression on one column a label, +1 for its letters and -1 for all others.

It is solved in the letters' own space by conjugate gradients, so memory grows with the letters, not with their square.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from infra.learn.evidence import Places, Reals

STIFFNESS = 0.3  # how much a weight costs
_START = 0.3  # the square of the constant that stands in every letter
_EVEN = 0.75  # 0: each letter counts alike; 1: each label does
_FURTHEST = 8.0  # standard deviations: beyond it a bucket is no more telling
_CLOSE = 1e-4  # the share of the error that may remain
_MOST_STEPS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """Weights by label and bucket, and what each label starts with."""

    weights: Reals
    starts: Reals


def fit(letters: scipy.sparse.csr_matrix, labels: Places, many: int) -> Line:
    """Weights for ``many`` labels. Letters of rare labels count more, so that no label is forgotten for its rarity."""
    sizes = np.maximum(np.bincount(labels, minlength=many), 1)
    roots = np.sqrt((len(labels) / (many * sizes)) ** _EVEN)[labels][:, None]
    wanted = np.where(labels[:, None] == np.arange(many), 1.0, -1.0)
    columns, places = np.unique(letters.indices, return_inverse=True)
    dense = scipy.sparse.csr_matrix((letters.data, places, letters.indptr), shape=(letters.shape[0], len(columns)))
    telling = _telling(dense, labels, many)
    dense = dense.multiply(telling[None, :]).tocsr()
    turned = dense.T.tocsr()

    def pressed(pulls: Reals) -> Reals:
        moved = roots * pulls
        answer: Reals = roots * (dense @ (turned @ moved) + _START * moved.sum(axis=0)) + STIFFNESS * pulls
        return answer

    pulls = roots * _solved(pressed, roots * wanted)
    weights = np.zeros((many, letters.shape[1]))
    weights[:, columns] = (turned @ pulls).T * telling
    return Line(weights, _START * pulls.sum(axis=0))


def _telling(letters: scipy.sparse.csr_matrix, labels: Places, many: int) -> Reals:
    """How freely each bucket may be used: the more, the further it is from standing in all labels alike (in standard
    deviations of the label where it stands out most), so that what is common to all is learnt from last.
    """
    belongs = scipy.sparse.csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))), (many, len(labels)))
    seen: Reals = (belongs @ (letters > 0).astype(np.float64)).toarray()
    expected = seen.sum(axis=0) * np.bincount(labels, minlength=many)[:, None] / len(labels)
    apart = np.abs((seen - expected) / np.sqrt(expected + 0.5)).max(axis=0)
    telling = np.sqrt(0.5 + np.minimum(apart, _FURTHEST) / 4)
    used = np.asarray(letters.multiply(letters).sum(axis=0)).ravel()
    answer: Reals = telling * np.sqrt(used.sum() / max((used * telling**2).sum(), 1e-300))
    return answer


def _solved(pressed: Callable[[Reals], Reals], wanted: Reals) -> Reals:
    """``x`` for which ``pressed(x)`` is ``wanted``, column by column (Hestenes and Stiefel 1952)."""
    found = np.zeros_like(wanted)
    left, way = wanted.copy(), wanted.copy()
    rest = (left * left).sum(axis=0)
    enough = rest * _CLOSE**2
    for _ in range(_MOST_STEPS):
        if (rest <= enough).all():
            break
        answer = pressed(way)
        step = rest / np.maximum((way * answer).sum(axis=0), 1e-300)
        found += step * way
        left -= step * answer
        before, rest = rest, (left * left).sum(axis=0)
        way = left + (rest / np.maximum(before, 1e-300)) * way
    return found
