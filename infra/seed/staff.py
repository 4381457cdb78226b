"""Who does the work in the demo city."""

from chalicelib.domain.city import City
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from infra.seed import DEMO_ACCOUNTS, DemoAccount


def demo_staff(account: DemoAccount, city: City) -> Staff:
    """The person of a demo account, with the mailboxes that are a leader's own."""
    own = tuple(box.id for box in city.mailboxes if box.leader == account.login)
    office = account.about.partition("：")[0] if account.role is Role.LEADER else ""
    supervises = city.level_of(account.unit)
    return Staff(account.login, account.name, account.role, account.unit, own, office, supervises, account.area)


def desk_staff(role: Role, city: City) -> Staff:
    """The demo account of ``role``, for the roles that work for the whole city."""
    return next(demo_staff(account, city) for account in DEMO_ACCOUNTS if account.role is role)


def leader_of(mailbox_id: str, city: City) -> Staff:
    """The leader whose own mailbox it is. Raises StopIteration for a mailbox that is nobody's own."""
    return next(
        staff for staff in (demo_staff(account, city) for account in DEMO_ACCOUNTS) if mailbox_id in staff.mailboxes
    )


def unit_staff(role: Role, unit_id: str, city: City) -> Staff:
    """Handler or head of a unit: its demo account, or somebody of the unit who has none."""
    for account in DEMO_ACCOUNTS:
        if account.role is role and account.unit == unit_id:
            return demo_staff(account, city)
    name = {Role.HANDLER: "承办人", Role.HEAD: "负责人"}[role]
    return Staff(f"{unit_id}.{role}", name, role, unit_id)
