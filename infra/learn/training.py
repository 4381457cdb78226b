"""From letters to the file of a model, and what cross-validation says of it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from chalicelib.domain.model_card import Card
from chalicelib.domain.subject_file import Head, pack
from infra.learn import calibrating
from infra.learn.calibrating import Calibration, Judged, calibrate, judged
from infra.learn.evidence import SHARES, Bytes, Counts, Places, Reals, bucket_weights, count, evidence
from infra.learn.kin import groups_of
from infra.learn.letters import Letter, Unreadable
from infra.learn.ridge import Line, fit

FEWEST = 10  # letters of a label that is learnt
FOLDS = 10
MOST_BITS = 19
LARGEST_TABLE = 6 * 2**20  # bytes

Progress = Callable[[str], None]


class TooFew(Unreadable):
    """Letters of fewer than two labels: there is nothing to tell apart."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The file, its card, and figures on letters that each learner had not seen. ``left_out``: labels with too few."""

    data: bytes
    card: Card
    figures: dict[str, object]
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Rounded:
    """A line as the file holds it: a byte for each weight."""

    table: NDArray[np.int8]
    scales: Reals
    starts: Reals


def train(letters: list[Letter], made_at: datetime, progress: Progress = lambda _: None, seed: int = 0) -> Trained:
    """Learn ``letters``. The same letters and time give the same bytes. ``made_at``: aware. ``seed``: of the folds.

    Raises TooFew.
    """
    sizes = Counter(letter.category for letter in letters)
    left_out = {name: many for name, many in sorted(sizes.items()) if many < FEWEST}
    names = tuple(sorted(name for name in sizes if name not in left_out))
    if len(names) < 2:
        raise TooFew(f"two categories of {FEWEST} letters each are needed; there are {dict(sizes)}")
    learnt = [letter for letter in letters if letter.category in names]
    labels = np.array([names.index(letter.category) for letter in learnt])
    progress("reading")
    counts = count(learnt, _bits(len(names)))
    folds = list(_folds(learnt, labels, seed))
    unseen = np.zeros((len(learnt), len(names)))
    for number, (known, kept) in enumerate(folds, 1):
        progress(f"learning, letters kept aside: {number}/{len(folds)}")
        rounded, weights = _learnt(counts, labels, known, len(names))
        unseen[kept] = _scores(counts, weights, kept, rounded)
    judgement = _by_the_others(unseen, labels, folds)
    progress("learning from all")
    rounded, weights = _learnt(counts, labels, np.arange(len(learnt)), len(names))
    figures = _figures(judgement, labels, names)
    head = _head(names, len(learnt), made_at, counts.bits, rounded, calibrate(unseen, labels), judgement, labels)
    table = weights.tobytes() + rounded.table.tobytes()
    head = replace(head, card=replace(head.card, fingerprint=_fingerprint(head, table)))
    return Trained(pack(head, table), head.card, figures, left_out)


def _bits(labels: int) -> int:
    """As many buckets as the file has room for."""
    return max(bits for bits in range(8, MOST_BITS + 1) if (labels + 1) << bits <= LARGEST_TABLE)


def _folds(letters: list[Letter], labels: Places, seed: int) -> Iterator[tuple[Places, Places]]:
    """What is learnt and what is kept aside, in turn. Near copies stay together, unless a label is only those."""
    groups = np.array(groups_of(letters))
    apart = min(len(set(groups[labels == label])) for label in set(labels))
    if apart >= 3:
        dealer = StratifiedGroupKFold(min(FOLDS, apart), shuffle=True, random_state=seed)
        yield from dealer.split(labels, labels, groups)
    else:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels)


def _learnt(counts: Counts, labels: Places, known: Places, many: int) -> tuple[_Rounded, Bytes]:
    weights = bucket_weights(counts, known)
    return _round(fit(evidence(counts, weights)[known], labels[known], many)), weights


def _round(line: Line) -> _Rounded:
    scales = np.maximum(np.abs(line.weights).max(axis=1), 1e-9) / 127
    return _Rounded(np.rint(line.weights / scales[:, None]).astype(np.int8), scales, line.starts)


def _scores(counts: Counts, weights: Bytes, chosen: Places, rounded: _Rounded) -> Reals:
    """What the file would say, before it is calibrated."""
    summed: Reals = evidence(counts, weights)[chosen] @ rounded.table.T.astype(np.float64)
    scores: Reals = summed * rounded.scales + rounded.starts
    return scores


def _by_the_others(scores: Reals, labels: Places, folds: list[tuple[Places, Places]]) -> Judged:
    """Each fold judged as calibrated by the other folds, so that the calibration is measured on unseen letters too."""
    best, confidence = np.zeros(len(labels), np.int64), np.zeros(len(labels))
    for known, kept in folds:
        judgement = judged(scores[kept], calibrate(scores[known], labels[known]))
        best[kept], confidence[kept] = judgement.best, judgement.confidence
    return Judged(best, confidence)


def _figures(judgement: Judged, labels: Places, names: tuple[str, ...]) -> dict[str, object]:
    right = judgement.best == labels
    by_label = calibrating.f1_by_label(labels, judgement.best, len(names))
    return {
        "macro_f1": round(float(by_label.mean()), 4),
        "accuracy": round(float(right.mean()), 4),
        "sure_half_precision": round(calibrating.sure_half_precision(judgement.confidence, right), 4),
        "calibration_error": round(calibrating.calibration_error(judgement.confidence, right), 4),
        "sure_share": round(
            float((judgement.confidence >= calibrating.sure_from(judgement.confidence, right)).mean()), 4
        ),
        "f1": {name: round(float(one), 4) for name, one in zip(names, by_label, strict=True)},
    }


def _head(
    names: tuple[str, ...],
    letters: int,
    made_at: datetime,
    bits: int,
    rounded: _Rounded,
    calibration: Calibration,
    judgement: Judged,
    labels: Places,
) -> Head:
    right = judgement.best == labels
    card = Card(
        labels=names,
        letters=letters,
        made_at=made_at,
        sure_from=calibrating.sure_from(judgement.confidence, right),
        macro_f1=calibrating.macro_f1(labels, judgement.best, len(names)),
        accuracy=float(right.mean()),
        fingerprint="",
    )
    return Head(
        card=card,
        bits=bits,
        scales=tuple((rounded.scales * calibration.heat).tolist()),
        starts=tuple(((rounded.starts + calibration.starts) * calibration.heat).tolist()),
        shares=SHARES,
        trust=calibration.trust,
    )


def _fingerprint(head: Head, table: bytes) -> str:
    """The same for the same letters, whenever they were learnt."""
    said = (head.card.labels, head.bits, head.scales, head.starts, head.shares, head.trust)
    return hashlib.sha256(repr(said).encode() + table).hexdigest()[:16]
