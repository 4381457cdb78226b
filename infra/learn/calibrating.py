"""What turns scores into confidences, fitted on letters that the scores were not learnt from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from infra.learn.evidence import Places, Reals

SURE = 0.985  # how many of 100 letters must be right from the confidence called sure
FEWEST_SURE = 30  # letters by which that is known
_STEPS = np.linspace(-0.15, 0.15, 13)  # by which a label's start is moved
_ROUNDS = 3
_PRICE = 0.02  # macro-F1 that a move by 1 must bring: no move for nothing
_HEATS = (0.5, 50.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """``starts``: added to each label's score; ``heat``: by which that is multiplied before the softmax; ``trust``: see
    ``subject_file.Head``.
    """

    starts: Reals
    heat: float
    trust: tuple[float, float]


def calibrate(scores: Reals, labels: Places) -> Calibration:
    """Starts by which rare labels get their due (they raise macro-F1), then the shares, then the trust in the best."""
    starts = _starts(scores, labels)
    moved = scores + starts
    own = np.arange(len(labels)), labels
    heat = minimize_scalar(
        lambda heat: -np.log(np.maximum(shares(moved * heat)[own], 1e-12)).mean(), bounds=_HEATS, method="bounded"
    ).x
    return Calibration(starts, float(heat), _trust(shares(moved * heat), labels))


def _starts(scores: Reals, labels: Places) -> Reals:
    starts = np.zeros(scores.shape[1])
    for _ in range(_ROUNDS):
        for label in range(len(starts)):
            worth = []
            for step in _STEPS:
                starts[label] += step
                worth.append(macro_f1(labels, (scores + starts).argmax(axis=1), len(starts)) - _PRICE * abs(step))
                starts[label] -= step
            starts[label] += _STEPS[int(np.argmax(np.round(worth, 9) - 1e-6 * np.abs(_STEPS)))]
    return starts


def _trust(likely: Reals, labels: Places) -> tuple[float, float]:
    """Slope and shift of how often the best is right, by its log-odds (Platt 1999, with his targets, so that a file in
    which all was right does not make the model infallible).
    """
    odds = log_odds(likely)
    right = likely.argmax(axis=1) == labels
    hits, misses = right.sum(), (~right).sum()
    targets = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
    fitted = LogisticRegression(C=1000.0, max_iter=1000).fit(
        np.concatenate([odds, odds])[:, None],
        np.repeat([1, 0], len(odds)),
        np.concatenate([targets, 1 - targets]),
    )
    return max(0.0, float(fitted.coef_[0, 0])), float(fitted.intercept_[0])


def shares(scores: Reals) -> Reals:
    """The softmax of each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    whole: Reals = powers / powers.sum(axis=1, keepdims=True)
    return whole


def log_odds(likely: Reals) -> Reals:
    """How far the best of each row is ahead of all others."""
    best = np.clip(likely.max(axis=1), 1e-9, 1 - 1e-9)
    odds: Reals = np.log(best / (1 - best))
    return odds


@dataclass(frozen=True, slots=True)
class Judged:
    """What a calibrated model says of letters: the label it takes for best, and how sure it is."""

    best: Places
    confidence: Reals


def judged(scores: Reals, calibration: Calibration) -> Judged:
    """The same as ``SubjectModel.opinion`` says, of many letters at once."""
    likely = shares((scores + calibration.starts) * calibration.heat)
    slope, shift = calibration.trust
    return Judged(likely.argmax(axis=1), 1 / (1 + np.exp(-(slope * log_odds(likely) + shift))))


def macro_f1(truth: Places, said: Places, many: int) -> float:
    """The mean of the labels' F1: each counts the same, however few its letters."""
    return float(f1_by_label(truth, said, many).mean())


def f1_by_label(truth: Places, said: Places, many: int) -> Reals:
    """F1 of each label; 0 for one that stands nowhere."""
    hits = np.bincount(truth[truth == said], minlength=many)
    both = np.bincount(truth, minlength=many) + np.bincount(said, minlength=many)
    scores: Reals = 2 * hits / np.maximum(both, 1)
    return scores


def sure_from(confidence: Reals, right: NDArray[np.bool_]) -> float:
    """The least confidence from which SURE of the letters are right; 1 where there is none, so that nothing is sure."""
    order = np.argsort(-confidence, kind="stable")
    so_far = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(so_far >= SURE)
    if not len(enough) or enough[-1] + 1 < FEWEST_SURE:
        return 1.0
    return float(confidence[order[enough[-1]]])


def sure_half_precision(confidence: Reals, right: NDArray[np.bool_]) -> float:
    """How many are right of the half that is surest."""
    order = np.argsort(-confidence, kind="stable")
    return float(right[order[: max(1, len(order) // 2)]].mean())


def calibration_error(confidence: Reals, right: NDArray[np.bool_]) -> float:
    """Expected calibration error: how far confidence and truth are apart, in ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    apart = [
        abs(confidence[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean() for one in set(bins)
    ]
    return float(sum(apart))
