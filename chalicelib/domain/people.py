"""People: the staff with their roles, the citizen behind a submission, and who may see what."""

import re

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.events import Actor
from chalicelib.domain.words import UNIT_ROLES, AnswerBy, Light, Role

_LANDLINE = re.compile(r"(?:(?:\+|00)?86|0)[2-9][0-9]{8,10}|0[1-9][0-9]{8,10}|[2-9][0-9]{6,7}|[48]00[0-9]{7}")


class Staff(Struct, frozen=True):
    """Somebody who signs in. ``mailboxes``: ids of the mailboxes that are a leader's own. ``supervises``: the level of
    supervision that is their unit's by the city in force (``City.level_of``), 0 for none; it is not kept. ``area``:
    code of the area that a lay supervisor comes from, who belongs to no unit.
    """

    login: str
    name: str
    role: Role
    unit: str | None = None
    mailboxes: tuple[str, ...] = ()
    office: str = ""  # what a leader is to the public: 市长
    supervises: int = 0
    area: str | None = None

    @property
    def actor(self) -> Actor:
        """This person, as an event names them."""
        return Actor(self.role, self.login, self.unit, self.name)

    @property
    def titled(self) -> str:
        """Name and office, as a leader is made known: 江平（市长）."""
        return f"{self.name}（{self.office}）" if self.office else self.name


class Signer(Struct, frozen=True, omit_defaults=True):
    """Somebody who signed a letter that another sent. ``phone``: "" where none was left."""

    name: str
    phone: str = ""


class Petitioner(Struct, frozen=True, omit_defaults=True):
    """The citizen behind a submission. Kept apart, encrypted, shown by need. ``signers``: who signed it besides;
    ``address``: for letters by post; ``answer_by``: how she wishes to be told, None for whatever suits what she left.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    signers: tuple[Signer, ...] = ()
    address: str = ""
    answer_by: AnswerBy | None = None
    thread: str = ""  # Message-ID of the mail she wrote by: what she is told goes into its thread


def may_list(staff: Staff, case: Case) -> bool:
    """Whether ``staff`` may know that the case exists and how it stands."""
    match staff.role:
        case Role.CLERK:
            return True
        case Role.HANDLER | Role.HEAD:
            return takes_part(staff, case) or _from_above(staff, case) or _keeps(staff, case)
        case Role.SUPERVISOR if staff.supervises > 1:
            return case.highest_level >= staff.supervises
        case Role.SUPERVISOR:
            late = case.light in (Light.YELLOW, Light.RED) or case.highest_level > 0 or bool(case.assists_overdue)
            return late or case.call_back_due or case.backlog
        case Role.LEADER:
            own = case.mailbox in staff.mailboxes or case.owner == staff.login
            return (own or (case.alarm and case.counted)) and not case.sealed
        case _:
            return False


def takes_part(staff: Staff, case: Case) -> bool:
    """Whether the unit of ``staff`` has to do with the matter itself."""
    return staff.unit is not None and staff.unit in _units_of(case)


def _from_above(staff: Staff, case: Case) -> bool:
    """Whether it came to the level of supervision that is their unit's; another's accusation never does."""
    return 0 < staff.supervises <= case.highest_level and not case.sealed


def _keeps(staff: Staff, case: Case) -> bool:
    return staff.unit is not None and staff.unit == case.keeper and not case.sealed


def _units_of(case: Case) -> set[str | None]:
    """The units that have to do with a case: who answers or reviews it, adds to it, or sits in its conference."""
    members = case.conference.members if case.conference is not None else ()
    assisting = (assist.unit for assist in case.assists)
    return {case.unit, case.in_charge, case.first_asked, *assisting, *members}


def may_read(staff: Staff, case: Case) -> bool:
    """Whether ``staff`` may read what was written. A sealed accusation is read by its own unit alone; who only keeps
    the mailbox sees how it stands, and no more.
    """
    if staff.role in UNIT_ROLES:
        return takes_part(staff, case) or _from_above(staff, case)
    return may_list(staff, case) and not case.sealed


def reads_masked(staff: Staff, case: Case) -> bool:
    """Whether a unit's people read it as an office that supervises, without names, numbers and addresses."""
    return staff.role in UNIT_ROLES and not takes_part(staff, case)


def may_know_petitioner(staff: Staff, case: Case, keep_name_from_unit: bool) -> bool:
    """Whether ``staff`` may be shown name and telephone (each look is recorded)."""
    if not may_read(staff, case):
        return False
    if staff.role is Role.CLERK:
        return True
    answering = staff.unit in (case.unit, case.in_charge)  # who only assists needs no name
    return staff.role in UNIT_ROLES and answering and not keep_name_from_unit


def takes_sms(phone: str) -> bool:
    """Whether an SMS can reach the number: a landline takes none."""
    return bool(phone) and not _LANDLINE.fullmatch(phone)


def answered_by(petitioner: Petitioner) -> AnswerBy | None:
    """By which way the citizen is told: by her wish, else by what she left. None where she left nothing, and asks by
    number and code.
    """
    if petitioner.answer_by is not None:
        return petitioner.answer_by
    if takes_sms(petitioner.phone) or petitioner.email:
        return AnswerBy.NOTICE
    if petitioner.phone:
        return AnswerBy.CALL
    return AnswerBy.POST if petitioner.address else None


def masked_name(name: str) -> str:
    """The family name and a placeholder: 王某某."""
    return f"{name[0]}{'某' * min(2, max(1, len(name) - 1))}" if name else ""


def masked_phone(phone: str) -> str:
    """The first three and last two digits: 138******01."""
    return f"{phone[:3]}{'*' * max(0, len(phone) - 5)}{phone[-2:]}" if len(phone) > 5 else "*" * len(phone)


def masked_address(address: str) -> str:
    """How it begins, down to no street: 云汀市荻洲******."""
    shown = min(6, len(address) // 3)
    return address[:shown] + "*" * min(6, len(address) - shown)
