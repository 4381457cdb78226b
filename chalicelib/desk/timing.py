"""What the staff do about time: ask the citizen while the clock stands still, ask for more of it, grant it."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.handling import take
from chalicelib.desk.sealing import opened
from chalicelib.domain import asking, extending
from chalicelib.domain.case import Case
from chalicelib.domain.events import ExtensionAsked, ExtensionGranted
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action
from chalicelib.storage import cases


def ask(case_id: str, version: int, by: Staff, at: datetime, question: str) -> Case:
    """The citizen is asked something."""
    return take(case_id, version, Action.ASK, by, at, lambda case: asking.ask(case, question, at, cities.trade()))


def resume(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """The unit goes on without the answer."""
    return take(case_id, version, Action.RESUME, by, at, lambda case: asking.resume(case, at, asking.BY_THE_UNIT))


def ask_extension(case_id: str, version: int, by: Staff, at: datetime, reason: str, days: int) -> Case:
    """延期 is asked for."""

    def decide(case: Case) -> ExtensionAsked:
        return extending.ask_extension(case, reason, days, by.actor, at, cities.trade())

    return take(case_id, version, Action.ASK_EXTENSION, by, at, decide)


def endorse_extension(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """The unit's head stands behind it."""
    return take(case_id, version, Action.ENDORSE_EXTENSION, by, at, lambda case: extending.endorse_extension())


def refuse_extension(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """The head or the desk refuses it, with the reason."""
    return take(case_id, version, Action.REFUSE_EXTENSION, by, at, lambda case: extending.refuse_extension(words))


def grant_extension(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """The desk grants what was asked for."""

    def decide(case: Case) -> ExtensionGranted:
        assert case.extension is not None  # else it may not be granted
        asked = opened(case, cases.event(case_id, case.extension.asked)).payload
        assert isinstance(asked, ExtensionAsked)
        return extending.grant_extension(case, asked)

    return take(case_id, version, Action.GRANT_EXTENSION, by, at, decide)
