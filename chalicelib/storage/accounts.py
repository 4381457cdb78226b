"""Who may sign in."""

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.domain.errors import Changed
from chalicelib.domain.people import Staff
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under

_STAFF = "staff"
TRIES = 5


class What(StrEnum):
    """What was done about an account, as its owner is told."""

    PASSWORD = "password"
    PASSWORD_GIVEN = "password_given"
    SECOND_SET = "second_set"
    SECOND_GONE = "second_gone"
    CODES = "codes"
    CODE_SPENT = "code_spent"
    FREED = "freed"
    ENDED = "ended"


class News(Struct, frozen=True):
    """Something that was done about an account, and by whom, by login and name."""

    what: What
    at: datetime
    by: str
    name: str


class Account(Struct, frozen=True):
    """Somebody of the staff, with the hash of the password. A disabled one signs in no more. ``given_at``: when another
    gave the password, which then must be changed; None for one's own. ``epoch`` counts what ends every session there
    is, ``freed`` how often an administrator forgave the wrong tries. ``news``: the last of it, latest first.
    """

    staff: Staff
    password_hash: str
    enabled: bool = True
    given_at: datetime | None = None
    epoch: int = 0
    freed: int = 0
    news: tuple[News, ...] = ()


def save_account(account: Account) -> None:
    """Keep an account, new or changed."""
    DeskItem(_STAFF, account.staff.login, body=pack(account)).save()


def load_account(login: str) -> Account | None:
    """The account of ``login``; None when there is none."""
    item = get(_STAFF, login) if login else None
    return None if item is None else unpack(item.body, Account)


def change_account(login: str, how: Callable[[Account], Account]) -> Account | None:
    """Set the account to what ``how`` makes of it; None when there is none. What others set at the same time stays.

    Raises what ``how`` raises, and Changed when others were faster time after time.
    """
    for _ in range(TRIES):
        item = get(_STAFF, login) if login else None
        if item is None:
            return None
        changed = how(unpack(item.body, Account))
        try:
            DeskItem(_STAFF, login, body=pack(changed)).save(DeskItem.body == item.body)
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            continue
        return changed
    raise Changed()


def accounts() -> Iterator[Account]:
    """All accounts, by login."""
    return (unpack(item.body, Account) for item in under(_STAFF))
