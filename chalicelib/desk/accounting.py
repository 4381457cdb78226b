"""Changes of an account, each with the line by which its owner learns of it."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.errors import NotFound
from chalicelib.domain.people import Staff
from chalicelib.storage.accounts import Account, News, What, change_account

MOST_NEWS = 10


def changed(login: str, how: Callable[[Account], Account]) -> Account:
    """The account as ``how`` makes it. Raises NotFound, Changed."""
    account = change_account(login, how)
    if account is None:
        raise NotFound()
    return account


def noted(account: Account, what: What, by: Staff, at: datetime, *, ends_sessions: bool = False) -> Account:
    """The account with one more line; ``ends_sessions``: whoever is signed in to it no longer is."""
    news = (News(what, at, by.login, by.name), *account.news)[:MOST_NEWS]
    return replace(account, news=news, epoch=account.epoch + ends_sessions)
