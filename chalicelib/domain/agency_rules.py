"""What must hold for another agency to act on a matter, or for a matter to go back to one."""

from chalicelib.domain.case import Case
from chalicelib.domain.events import Actor
from chalicelib.domain.words import Role


def refers_it(case: Case, by: Actor) -> bool:
    """Whether an agency acts on what it referred itself; who is no agency acts by rules of their own."""
    return by.role is not Role.AGENCY or by.id in case.referred_by


def goes_back_whole(case: Case) -> bool:
    """Whether all who speak in it came by one agency, and nobody was answered: then it can go back to that agency."""
    return len(case.referred_by) == 1 and "" not in case.referred_by and case.replied_at is None
