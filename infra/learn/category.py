"""Measuring a model of subjects by letters whose category is known, with the very code that the functions run."""

import statistics
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from chalicelib.domain.subject_model import Opinion, SubjectModel, read_model
from infra.learn import calibrating
from infra.learn.letters import Letter, read_letters
from infra.learn.memory import memory_mb


def evaluate(file: Path, model: Path) -> dict[str, object]:
    """The figures of docs/model.md. Raises OSError, Unreadable, and NotAModel.

    A letter of a category that the model never learnt counts as a wrong one, and in ``macro_f1`` as a label at 0.
    """
    letters = read_letters(file)
    data = model.read_bytes()
    began = time.perf_counter()
    learnt = read_model(data)
    load_ms = (time.perf_counter() - began) * 1000
    opinions, spent = _judged(learnt, letters)
    return {
        "n": len(letters),
        **_figures(letters, opinions),
        "ms_per_letter_median": round(statistics.median(spent), 3),
        "model_bytes": len(data),
        "load_ms": round(load_ms, 3),
        "memory_mb": round(memory_mb(model, [(letter.title, letter.body) for letter in letters]), 1),
        "unlearnt": sorted({letter.category for letter in letters} - set(learnt.card.labels)),
    }


def _judged(learnt: SubjectModel, letters: list[Letter]) -> tuple[list[Opinion], list[float]]:
    """The opinions, and the milliseconds of processor time that each took."""
    opinions, spent = [], []
    for letter in tqdm(letters, desc="letters", unit="", dynamic_ncols=True, mininterval=0.5):
        began = time.thread_time()
        opinions.append(learnt.opinion(letter.title, letter.body))
        spent.append((time.thread_time() - began) * 1000)
    return opinions, spent


def _figures(letters: list[Letter], opinions: list[Opinion]) -> dict[str, object]:
    best = [opinion.guesses[0] for opinion in opinions]
    names = sorted({letter.category for letter in letters} | {guess.label for guess in best})
    truth = np.array([names.index(letter.category) for letter in letters])
    said = np.array([names.index(guess.label) for guess in best])
    confidence, right = np.array([guess.confidence for guess in best]), truth == said
    by_label = calibrating.f1_by_label(truth, said, len(names))
    return {
        "macro_f1": round(float(by_label.mean()), 4),
        "accuracy": round(float(right.mean()), 4),
        "sure_half_precision": round(calibrating.sure_half_precision(confidence, right), 4),
        "calibration_error": round(calibrating.calibration_error(confidence, right), 4),
        "f1": {name: round(float(one), 4) for name, one in zip(names, by_label, strict=True)},
    }
