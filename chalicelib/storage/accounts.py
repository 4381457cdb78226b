"""Who may sign in, and who is signed in."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.people import Staff
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under

_STAFF = "staff"


class Account(Struct, frozen=True):
    """Somebody of the staff, with the hash of the password. A disabled one signs in no more."""

    staff: Staff
    password_hash: str
    enabled: bool = True


class Session(Struct, frozen=True):
    """A sign-in. ``ends_at`` is the end whatever happens; ``seen_at`` when it was last used; ``password`` a digest of
    the account's hash, for a session does not outlive the password that it was opened with.
    """

    login: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    password: str


def save_account(account: Account) -> None:
    """Keep an account, new or changed."""
    DeskItem(_STAFF, account.staff.login, body=pack(account)).save()


def load_account(login: str) -> Account | None:
    """The account of ``login``; None when there is none."""
    item = get(_STAFF, login) if login else None
    return None if item is None else unpack(item.body, Account)


def accounts() -> Iterator[Account]:
    """All accounts, by login."""
    return (unpack(item.body, Account) for item in under(_STAFF))


def save_session(token_hash: str, session: Session) -> None:
    """Keep a session under the hash of its token: who reads the table cannot sign in with it."""
    item = DeskItem(f"session#{token_hash}", "session", body=pack(session))
    item.expires = int(session.ends_at.timestamp())
    item.save()


def load_session(token_hash: str) -> Session | None:
    """The session; None when there is none."""
    item = get(f"session#{token_hash}", "session")
    return None if item is None else unpack(item.body, Session)


def end_session(token_hash: str) -> None:
    """Forget a session."""
    DeskItem(f"session#{token_hash}", "session").delete()
