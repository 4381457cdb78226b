"""Putting a model to work: only after it beat the old one on letters that neither has seen."""

from datetime import datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from chalicelib.desk import cities, models
from chalicelib.domain.city import City
from chalicelib.domain.learning import FEWEST_DECIDED, AtWork, Comparison
from chalicelib.domain.opinions import meant_by
from chalicelib.domain.subject_model import NotAModel, SubjectModel, read_model
from chalicelib.gateways import objects
from chalicelib.storage import learning
from infra.learn_office.comparing import by_model, by_words, compare, names_classes, refusal_of
from infra.learn_office.gathering import Gathered


class Refused(Exception):
    """Nothing was changed, and why."""


def put_to_work(file: Path, at: datetime, by: str, first: bool = False, demo: bool = False) -> str:
    """Put the model of ``file`` to work, if it may be; gives what to say of it.

    ``first``: where no model is at work and too few letters are decided, let it advise until there are enough.
    Raises Refused, OSError, and Changed when somebody else put one to work meanwhile.
    """
    data = file.read_bytes()
    try:
        new = read_model(data)
    except NotAModel as error:
        raise Refused(f"{file} is no model: {error}") from error
    city, at_work = cities.refreshed(), learning.at_work()
    if at_work is not None and at_work.fingerprint == new.card.fingerprint:
        raise Refused(f"model {new.card.fingerprint} is at work already")
    known = [label for label in new.card.labels if meant_by(label, city)]
    if not known:
        raise Refused("the city has no category or top class by the name of any of its labels")
    entry = AtWork(
        version=at_work.version + 1 if at_work is not None else 1,
        at=at,
        login="",
        name=by,
        card=new.card,
        key=f"models/{new.card.fingerprint}",
        demo=demo,
    )
    said = [_unknown(new, city)]
    found = _compared(new, entry, at_work, at, city)
    if isinstance(found, Comparison):
        said.append(figures(found))
        refusal = refusal_of(found)
        if refusal:
            raise Refused("\n".join([*filter(None, said), refusal]))
        entry = replace(entry, comparison=found)
    elif first and (at_work is None or not at_work.fingerprint):
        entry = replace(entry, on_trial=True)
        said.append("it advises and never decides, until enough letters have been decided by persons")
    else:
        raise Refused(_too_few(found, at_work))
    objects.put(entry.key, data, "application/octet-stream")
    learning.put_to_work(entry)
    models.forget()
    return "\n".join([*filter(None, said), f"model {entry.fingerprint} is at work, within five minutes everywhere"])


def _unknown(new: SubjectModel, city: City) -> str:
    unknown = [label for label in new.card.labels if not meant_by(label, city)]
    return f"the city does not know these labels, and ignores them: {', '.join(unknown)}" if unknown else ""


def _compared(new: SubjectModel, entry: AtWork, at_work: AtWork | None, at: datetime, city: City) -> Comparison | int:
    """Both over the letters that came after both were made; how many there are where they are too few."""
    old = old_model(at_work)
    since = max(new.card.made_at, old.card.made_at) if old is not None else new.card.made_at
    letters = list(Gathered(at, since))
    if len(letters) < FEWEST_DECIDED:
        return len(letters)
    judge = by_words(city) if old is None or at_work is None else by_model(old, at_work.threshold, city)
    classes = names_classes(new, city) or (old is not None and names_classes(old, city))
    against = old.card.fingerprint if old is not None else ""
    return compare(letters, by_model(new, entry.threshold, city), judge, against, classes)


def old_model(at_work: AtWork | None) -> SubjectModel | None:
    """What is really at work: a model whose file is lost or damaged is not."""
    if at_work is None or at_work.card is None:
        return None
    try:
        data = objects.whole(at_work.key, models.LARGEST)
        return read_model(data) if data is not None else None
    except (NotAModel, objects.TooLong):
        return None
    except (BotoCoreError, ClientError) as error:
        raise Refused(f"the model at work could not be read: {error}") from error


def figures(found: Comparison) -> str:
    """Both in two lines."""
    old = f"model {found.against}" if found.against else "the words"
    return "\n".join(
        f"{name}: {right}/{found.letters} right, macro-F1 {f1:.3f}, sure of {sure}, right on {sure_right} of these"
        for name, right, f1, sure, sure_right in (
            (old, found.old_right, found.old_macro_f1, found.old_sure, found.old_sure_right),
            ("the new one", found.right, found.macro_f1, found.sure, found.sure_right),
        )
    )


def _too_few(found: int, at_work: AtWork | None) -> str:
    words = (
        f"only {found} letters that came since the models were made have been decided by a person: "
        f"{FEWEST_DECIDED - found} more are needed to compare them"
    )
    if at_work is None or not at_work.fingerprint:
        words += "; FIRST=yes lets a first model advise meanwhile"
    return words
