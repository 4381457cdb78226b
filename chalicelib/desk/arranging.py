"""Who handles a matter together, and which leader owns it. Each is one step, as in ``handling``."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.handling import known_unit, take
from chalicelib.domain import arranging
from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action, Role
from chalicelib.storage import accounts


def handle_directly(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """直接办理 by the desk itself."""
    desk_unit = cities.current().desk_unit
    return take(
        case_id,
        version,
        Action.HANDLE_DIRECTLY,
        by,
        at,
        lambda case: arranging.handle_directly(case, desk_unit, cities.trade()),
    )


def dispatch_by_instruction(case_id: str, version: int, by: Staff, at: datetime, unit: str, words: str) -> Case:
    """批示交办 by a leader."""
    known_unit("unit", unit)
    return take(
        case_id,
        version,
        Action.DISPATCH_BY_INSTRUCTION,
        by,
        at,
        lambda case: arranging.dispatch_by_instruction(case, unit, words, at, cities.trade()),
    )


def ask_assistance(case_id: str, version: int, by: Staff, at: datetime, unit: str, words: str) -> Case:
    """协办 by another unit."""
    known_unit("unit", unit)
    return take(
        case_id,
        version,
        Action.ASK_ASSISTANCE,
        by,
        at,
        lambda case: arranging.ask_assistance(case, unit, words, at, cities.trade()),
    )


def call_off_assistance(case_id: str, version: int, by: Staff, at: datetime, unit: str, words: str) -> Case:
    """The unit's part is not needed after all."""
    return take(
        case_id,
        version,
        Action.CALL_OFF_ASSISTANCE,
        by,
        at,
        lambda case: arranging.call_off_assistance(case, unit, words),
    )


def assist(case_id: str, version: int, by: Staff, at: datetime, text: str) -> Case:
    """What the assisting unit adds."""
    return take(case_id, version, Action.ASSIST, by, at, lambda case: arranging.assist(case, by.unit or "", text, at))


def call_conference(
    case_id: str,
    version: int,
    by: Staff,
    at: datetime,
    on: datetime,
    place: str,
    members: tuple[str, ...],
    words: str,
) -> Case:
    """会办, or to another day."""
    for member in members:
        known_unit("members", member)
    return take(
        case_id,
        version,
        Action.CALL_CONFERENCE,
        by,
        at,
        lambda case: arranging.call_conference(case, on, place, members, words, at, cities.trade()),
    )


def call_off_conference(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """The conference is not needed after all."""
    return take(
        case_id,
        version,
        Action.CALL_OFF_CONFERENCE,
        by,
        at,
        lambda case: arranging.call_off_conference(case, words, at, cities.trade()),
    )


def hold_conference(
    case_id: str, version: int, by: Staff, at: datetime, present: str, minutes: str, opinion: str, lead: str
) -> Case:
    """The one opinion, and the lead that carries it out."""
    known_unit("lead", lead)
    return take(
        case_id,
        version,
        Action.HOLD_CONFERENCE,
        by,
        at,
        lambda case: arranging.hold_conference(case, present, minutes, opinion, lead, at, cities.trade()),
    )


def name_owner(case_id: str, version: int, by: Staff, at: datetime, login: str, words: str = "") -> Case:
    """包案 by a leader."""
    leader = next((one.staff for one in leaders() if one.staff.login == login), None)
    if leader is None:
        raise Invalid([FieldError("owner", "field.unknown_choice", (("value", login),))])
    return take(
        case_id, version, Action.NAME_OWNER, by, at, lambda case: arranging.name_owner(login, leader.titled, words)
    )


def leaders() -> list[accounts.Account]:
    """The leaders who can own a case, by login."""
    return [account for account in accounts.accounts() if account.staff.role is Role.LEADER]
