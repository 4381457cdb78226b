"""The model at work, as this process knows it: read once, when the first letter needs it.

Whatever becomes of its file, letters are routed: without it the words decide, as they did before there was a model.
"""

import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.desk.cities import KEPT_FOR
from chalicelib.domain.learning import WHOLE, AtWork, Trouble
from chalicelib.domain.opinions import Heard
from chalicelib.domain.said import ModelSays, Said
from chalicelib.gateways import objects
from chalicelib.storage import learning

if TYPE_CHECKING:
    from chalicelib.domain.subject_model import SubjectModel

LARGEST = 16 * 2**20  # bytes: twice what a model may have

logger = logging.getLogger(__name__)

_known: "tuple[float, AtWork | None, SubjectModel | None] | None" = None


def heard(title: str, text: str, at: datetime) -> Heard | None:
    """What the model at work says of a letter; None where there is none. The caller knows that it is no accusation."""
    at_work, model = _at_hand(at)
    if at_work is None or model is None:
        return None
    opinion = model.opinion(title, text)
    guesses = tuple(Said(guess.label, int(guess.confidence * WHOLE)) for guess in opinion.guesses)
    sure = bool(guesses) and guesses[0].per_mille >= at_work.threshold
    return Heard(ModelSays(at_work.fingerprint, guesses, sure), opinion.words, decides=not at_work.on_trial)


def forget() -> None:
    """Ask anew for what is at work when the next letter comes."""
    global _known
    _known = None


def _at_hand(at: datetime) -> "tuple[AtWork | None, SubjectModel | None]":
    """What is at work, asked for again after five minutes. A file is read again only when it is another one, or could
    not be read before.
    """
    global _known
    if _known is None or time.monotonic() - _known[0] > KEPT_FOR:
        at_work = learning.at_work()
        model = _known[2] if _known is not None else None
        if at_work is None or at_work.card is None:
            model = None
        elif model is None or model.card.fingerprint != at_work.fingerprint:
            model = _read(at_work, at)
        _known = (time.monotonic(), at_work, model)
    return _known[1], _known[2]


def _read(at_work: AtWork, at: datetime) -> "SubjectModel | None":
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib.domain.subject_model import NotAModel, read_model

    found, error = "", ""
    model: SubjectModel | None = None
    try:
        data = objects.whole(at_work.key, LARGEST)
        if data is None:
            found = "missing"
        elif (model := read_model(data)).card.fingerprint != at_work.fingerprint:
            found = "damaged"
    except (NotAModel, objects.TooLong) as damaged:
        found, error = "damaged", type(damaged).__name__
    except (BotoCoreError, ClientError) as away:
        found, error = "unreachable", type(away).__name__
    if not found:
        learning.forget_trouble(at)
        return model
    logger.error(
        "the model cannot be read", extra={"model": at_work.fingerprint, "about": found, "error": error or None}
    )
    learning.note_trouble(Trouble(at, at_work.fingerprint, found))
    return None
