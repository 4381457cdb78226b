"""Letters as a sparse matrix: what ``chalicelib.domain.subject_grams`` reads of each, weighed as the model does."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from chalicelib.domain.subject_grams import PARTS, counted, read
from infra.learn.letters import Letter

SHARES = (0.32, 0.74, 0.42, 0.26, 0.32)
"""How much each of PARTS counts; their squares make 1. Chosen by cross-validation on letters of several cities."""

FEWEST = 2  # letters in which a bucket must be hit to be known
_RARITY = 1.5  # the power of the inverse document frequency

Reals = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Which bucket each part of each letter hits, and how much that counts before the bucket's own weight."""

    bits: int
    letters: int
    starts: Places  # of each letter's hits, and one more
    buckets: Places
    parts: NDArray[np.int8]
    damped: Reals

    @property
    def owners(self) -> Places:
        """The letter of each hit."""
        return np.repeat(np.arange(self.letters), np.diff(self.starts))


def count(letters: Iterable[Letter], bits: int) -> Counts:
    """Read every letter."""
    starts, buckets, parts, times = [0], [], [], []
    for letter in letters:
        for number, hits in enumerate(counted(read(letter.title, letter.body), bits)):
            buckets.append(np.fromiter(hits.keys(), np.int64, len(hits)))
            times.append(np.fromiter(hits.values(), np.float64, len(hits)))
            parts.append(np.full(len(hits), number, np.int8))
        starts.append(starts[-1] + sum(len(one) for one in buckets[-len(PARTS) :]))
    damped = 1.0 + np.log(np.concatenate(times))
    return Counts(bits, len(starts) - 1, np.array(starts), np.concatenate(buckets), np.concatenate(parts), damped)


def bucket_weights(counts: Counts, chosen: Places) -> Bytes:
    """The weight of each bucket, a byte: 0 where fewer than FEWEST of the ``chosen`` letters hit it, else the higher
    the fewer do (inverse document frequency).
    """
    among = np.zeros(counts.letters, bool)
    among[chosen] = True
    hit = np.bincount(counts.buckets[among[counts.owners]], minlength=1 << counts.bits)
    rarity = (np.log((1 + len(chosen)) / (1 + hit)) + 1) ** _RARITY
    known = hit >= FEWEST
    if not known.any():
        return np.zeros(1 << counts.bits, np.uint8)
    weights: Reals = np.clip(np.rint(rarity * 255 / rarity[known].max()), 1, 255)
    return np.where(known, weights, 0).astype(np.uint8)


def evidence(counts: Counts, weights: Bytes) -> scipy.sparse.csr_matrix:
    """Letters by buckets: each part of a letter has the length of its share, whatever its size."""
    values = counts.damped * weights[counts.buckets]
    cells = counts.owners * len(PARTS) + counts.parts
    lengths = np.sqrt(np.bincount(cells, values * values, minlength=counts.letters * len(PARTS)))
    lengths[lengths == 0] = 1
    values *= np.array(SHARES)[counts.parts] / lengths[cells]
    shape = (counts.letters, 1 << counts.bits)
    matrix = scipy.sparse.csr_matrix((values, counts.buckets, counts.starts), shape=shape)
    matrix.eliminate_zeros()
    return matrix
