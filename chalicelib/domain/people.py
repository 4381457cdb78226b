"""People: the staff with their roles, the citizen behind a submission, and who may see what."""

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.events import Actor
from chalicelib.domain.words import UNIT_ROLES, Light, Role


class Staff(Struct, frozen=True):
    """Somebody who signs in. ``mailboxes``: ids of the mailboxes that are a leader's own."""

    login: str
    name: str
    role: Role
    unit: str | None = None
    mailboxes: tuple[str, ...] = ()
    office: str = ""  # what a leader is to the public: 市长

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
    """The citizen behind a submission. Kept apart, encrypted, shown by need. ``signers``: who signed it besides."""

    name: str = ""
    phone: str = ""
    email: str = ""
    signers: tuple[Signer, ...] = ()


def may_list(staff: Staff, case: Case) -> bool:
    """Whether ``staff`` may know that the case exists and how it stands."""
    match staff.role:
        case Role.CLERK:
            return True
        case Role.HANDLER | Role.HEAD:
            return staff.unit is not None and staff.unit in _units_of(case)
        case Role.SUPERVISOR:
            late = case.light in (Light.YELLOW, Light.RED) or case.highest_level > 0 or bool(case.assists_overdue)
            return late or case.call_back_due or case.backlog
        case Role.LEADER:
            return (case.mailbox in staff.mailboxes or case.owner == staff.login) and not case.sealed
        case _:
            return False


def _units_of(case: Case) -> set[str | None]:
    """The units that have to do with a case: who answers or reviews it, adds to it, or sits in its conference."""
    members = case.conference.members if case.conference is not None else ()
    assisting = (assist.unit for assist in case.assists)
    return {case.unit, case.in_charge, case.first_asked, *assisting, *members}


def may_read(staff: Staff, case: Case) -> bool:
    """Whether ``staff`` may read what was written. A sealed accusation is read by its own unit alone."""
    if case.sealed:
        return staff.role in UNIT_ROLES and may_list(staff, case)
    return may_list(staff, case)


def may_know_petitioner(staff: Staff, case: Case, keep_name_from_unit: bool) -> bool:
    """Whether ``staff`` may be shown name and telephone (each look is recorded)."""
    if not may_read(staff, case):
        return False
    if staff.role is Role.CLERK:
        return True
    answering = staff.unit in (case.unit, case.in_charge)  # who only assists needs no name
    return staff.role in UNIT_ROLES and answering and not keep_name_from_unit


def masked_name(name: str) -> str:
    """The family name and a placeholder: 王某某."""
    return f"{name[0]}{'某' * min(2, max(1, len(name) - 1))}" if name else ""


def masked_phone(phone: str) -> str:
    """The first three and last two digits: 138******01."""
    return f"{phone[:3]}{'*' * max(0, len(phone) - 5)}{phone[-2:]}" if len(phone) > 5 else "*" * len(phone)
