"""The lists of praise and blame: the desk's own, and what is public of them, which is an item of its own."""

from msgspec import Struct

from chalicelib.domain.honours import Honours, Pick
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, under

PUBLIC = "honours-public"


class Shown(Struct, frozen=True):
    """What everybody may read of a span."""

    span: str
    picks: tuple[Pick, ...]


def load(span: str) -> Honours:
    """The list of a span, empty before anything was picked."""
    item = get("honours", span)
    return Honours(span, 0) if item is None else unpack(item.body, Honours)


def item(honours: Honours) -> DeskItem:
    """A list as the table keeps it."""
    return DeskItem("honours", honours.span, body=pack(honours), version=honours.version)


def public_item(honours: Honours) -> DeskItem:
    """What is public of a list, as the table keeps it."""
    return DeskItem(PUBLIC, honours.span, body=pack(Shown(honours.span, honours.public)))


def shown(span: str) -> tuple[Pick, ...]:
    """What is public of a span."""
    found = get(PUBLIC, span)
    return () if found is None else unpack(found.body, Shown).picks


def public_spans() -> list[str]:
    """The spans of which something was made public."""
    return [found.sk for found in under(PUBLIC)]


def praised_item(case_id: str) -> DeskItem:
    """That a case was praised: once, wherever."""
    return DeskItem("praised", case_id, body="")


def was_praised(case_id: str) -> bool:
    """Whether a case was praised before."""
    return get("praised", case_id) is not None
