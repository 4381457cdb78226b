"""Who is signed in. A session stands under the hash of its token: who reads the table cannot sign in with it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.domain.devices import Device
from chalicelib.domain.signing import Stage
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under
from chalicelib.storage.unit_of_work import Work, commit


class Session(Struct, frozen=True):
    """A sign-in. ``ends_at`` is the end whatever happens; ``seen_at`` when it was last used; ``stamp`` a digest of what
    of the account a session does not outlive. ``proven``: a second step was taken; ``by_provider``: the city's provider
    signed them in. ``wrong``: how many tries had failed since the sign-in before, which was at ``before``.
    """

    login: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    stamp: str
    stage: Stage = Stage.IN
    device: Device = Device()
    proven: bool = False
    by_provider: bool = False
    wrong: int = 0
    before: datetime | None = None


def begin(token_hash: str, session: Session, instead_of: Iterable[str] = ()) -> None:
    """Keep a new session, and end those of the hashes ``instead_of``."""
    ended = [item for one in instead_of for item in _items_of(one, session.login)]
    expires = int(session.ends_at.timestamp())
    kept = [_item(token_hash, session), DeskItem(*_entry(session.login, token_hash), body="session", expires=expires)]
    commit(Work(session.began_at, kept=kept, gone=ended))


def touch(token_hash: str, session: Session) -> bool:
    """Note that a session was used; False when it was ended in the meantime, and stays so."""
    try:
        _item(token_hash, session).save(DeskItem.pk.exists())
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def load_session(token_hash: str) -> Session | None:
    """The session; None when there is none."""
    item = get(*_key(token_hash))
    return None if item is None else unpack(item.body, Session)


def sessions_of(login: str) -> list[tuple[str, Session]]:
    """The sessions of ``login`` with their hashes, latest first. Some may be over."""
    hashes = [item.sk for item in under(f"sign-ins#{login}")]
    found = DeskItem.batch_get([_key(one) for one in hashes], consistent_read=True) if hashes else ()
    sessions = [(item.pk.partition("#")[2], unpack(item.body, Session)) for item in found]
    return sorted(sessions, key=lambda one: one[1].began_at, reverse=True)


def end(token_hash: str, login: str) -> None:
    """Forget a session."""
    for item in _items_of(token_hash, login):
        item.delete()


def _items_of(token_hash: str, login: str) -> tuple[DeskItem, DeskItem]:
    return DeskItem(*_key(token_hash)), DeskItem(*_entry(login, token_hash))


def _item(token_hash: str, session: Session) -> DeskItem:
    return DeskItem(*_key(token_hash), body=pack(session), expires=int(session.ends_at.timestamp()))


def _key(token_hash: str) -> tuple[str, str]:
    return f"session#{token_hash}", "session"


def _entry(login: str, token_hash: str) -> tuple[str, str]:
    """That the login has a session of this hash."""
    return f"sign-ins#{login}", token_hash
