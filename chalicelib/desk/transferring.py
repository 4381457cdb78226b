"""转办 by the clerks: to another agency's desk, back from it, more time for it; and 退回 to who referred it."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.handling import read, take
from chalicelib.domain import transferring
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import Payload
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Action


def transfer(case_id: str, version: int, by: Staff, at: datetime, agency_id: str, words: str) -> Case:
    """转办 to the desk of an agency. Raises Invalid for one that has none, and as every step does."""
    agency = _desk_of(agency_id)
    desk_unit = cities.current().desk_unit

    def decide(case: Case) -> tuple[Payload, ...]:
        return transferring.transfer(case, agency, words, desk_unit, at, cities.trade())

    return take(case_id, version, Action.TRANSFER, by, at, decide)


def _desk_of(agency_id: str) -> Agency:
    found = next((one for one in cities.current().desks_to_refer_to if one.id == agency_id), None)
    if found is None:
        raise Invalid([FieldError("agency", "transfer.nowhere")])
    return found


def recall(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """收回: our clerks find another way."""
    return take(
        case_id,
        version,
        Action.RETURN_TRANSFER,
        by,
        at,
        lambda case: transferring.return_transfer(case, words, at, cities.trade()),
    )


def extend(case_id: str, version: int, by: Staff, at: datetime, reason: str, days: int) -> Case:
    """延期 of what is at another desk."""
    return take(
        case_id,
        version,
        Action.EXTEND_TRANSFER,
        by,
        at,
        lambda case: transferring.extend_transfer(case, reason, days, at, cities.trade()),
    )


def return_referral(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """退回 to the agency that referred it to us."""
    agency = cities.current().agency(next(iter(read(case_id, version, by).referred_by), ""))
    name = agency.name.zh if agency is not None else ""
    return take(
        case_id, version, Action.RETURN_REFERRAL, by, at, lambda case: transferring.return_referral(name, words)
    )
