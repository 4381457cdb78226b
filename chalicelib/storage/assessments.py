"""The runs of the months: their plans, the facts they were counted from, their lines, and the heads that say which.

A long text is kept in several items. Lines are kept under the digest of what they say (``stand``), so writing them
again writes the same; only the head that is written last makes them seen. A published run is an item of its own that
is written once, on the condition that it is not there.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.config import config
from chalicelib.domain.evaluating import Counted, UnitLines
from chalicelib.domain.mailbox_figures import Box
from chalicelib.domain.runs import Line, Plan, Run
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get, raw_client, under

HEADS = "runs"
UNDER_WAY = "runs-under-way"
PUBLISHED = "published"
PART = 90_000  # characters, at most four bytes each: an item holds 400 kB
PARTS = 1000


def begin(plan: Plan) -> None:
    """Keep what is to be counted, unless somebody has begun already, and that it is not finished."""
    name = _name(plan.month)
    parts = _parts(pack(plan))
    for number, part in list(enumerate(parts))[:0:-1]:
        DeskItem(_run(plan.month), f"plan#{number:03}", body=part).save()
    _once(DeskItem(_run(plan.month), "plan#000", body=parts[0], version=len(parts)))
    DeskItem(UNDER_WAY, name, body=name).save()


def plan_of(month: date) -> Plan | None:
    """What the run of ``month`` is counted over; None before it was begun."""
    text = _whole(_raw(_run(month), "plan#"))
    return unpack(text, Plan) if text else None


def under_way() -> list[date]:
    """The months whose counting was begun and not finished."""
    return [_month(item.sk) for item in under(UNDER_WAY)]


def finished(month: date) -> None:
    """Nothing is left to count of ``month``."""
    DeskItem(UNDER_WAY, _name(month)).delete()


class Sheaf(Struct, frozen=True):
    """Several units' months, kept together. ``units``: as they stand in the plan, from the sheaf's own place on."""

    units: tuple[str, ...]
    digest: str


def freeze(month: date, place: int, months: Sequence[UnitLines]) -> int:
    """Keep the months of the plan's units from ``place`` on as they are counted; gives the place that comes next.

    The sheaf's head is written last: with it, all is there. Where somebody was faster, theirs stands.
    """
    text = pack(tuple(months))
    sheaf = Sheaf(tuple(unit for unit, _ in months), hashlib.sha256(text.encode()).hexdigest()[:16])
    for number, part in enumerate(_parts(text)):
        DeskItem(_run(month), f"{_facts(place, sheaf)}{number:03}", body=part).save()
    head = DeskItem(_run(month), f"sheaf#{place:04}", body=pack(sheaf))
    if not _once(head):
        theirs = get(head.pk, head.sk)
        assert theirs is not None  # it is there: ours was not taken
        sheaf = unpack(theirs.body, Sheaf)
    return place + len(sheaf.units)


def frozen_up_to(month: date) -> int:
    """The place of the first of the plan's units whose month is not kept yet."""
    return sum(len(sheaf.units) for _, sheaf in _sheaves(month))


def frozen_months(month: date, start: int = 0) -> Iterator[UnitLines]:
    """The units' months as they were counted, from the plan's ``start``-th on; one sheaf is held at a time."""
    for place, sheaf in _sheaves(month):
        if place + len(sheaf.units) > start:
            yield from _months_in(month, place, sheaf)[max(0, start - place) :]


def frozen_month(month: date, unit: str) -> tuple[str, ...]:
    """One unit's month as it was counted; empty where it was not."""
    for place, sheaf in _sheaves(month):
        if unit in sheaf.units:
            return dict(_months_in(month, place, sheaf))[unit]
    return ()


def _sheaves(month: date) -> list[tuple[int, Sheaf]]:
    found = _raw(_run(month), "sheaf#")
    return [(int(sk.removeprefix("sheaf#")), unpack(body, Sheaf)) for sk, body in found]


def _months_in(month: date, place: int, sheaf: Sheaf) -> tuple[UnitLines, ...]:
    return unpack(_whole(_raw(_run(month), _facts(place, sheaf))), tuple[UnitLines, ...])


def _facts(place: int, sheaf: Sheaf) -> str:
    return f"facts#{place:04}#{sheaf.digest}#"


def keep(month: date, counted: Counted) -> None:
    """Write the lines under their stand. Nobody sees them before a head says so."""
    with DeskItem.batch_write() as batch:
        for key, text in counted.texts:
            for number, part in enumerate(_parts(text)):
                batch.save(DeskItem(_run(month), f"{_stand(counted.stand)}{key}#{number:03}", body=part))


def lines(run: Run) -> tuple[Line, ...]:
    """The units' lines, as the table shows them."""
    return tuple(sorted(_kept(run, "unit#", Line), key=lambda line: (line.place, line.unit)))


def boxes(run: Run) -> tuple[Box, ...]:
    """The mailboxes' lines, by their ids."""
    return tuple(_kept(run, "box#", Box))


def _kept(run: Run, kind: str, of: type) -> Iterator:  # type: ignore[type-arg]
    found = _raw(_run(run.month), f"{_stand(run.stand)}{kind}")
    for _, items in groupby(found, key=lambda item: item[0].rpartition("#")[0]):
        yield unpack(_whole(items), of)


def otherwise(run: Run, counted: Counted) -> tuple[str, ...]:
    """The keys of what ``counted`` says and the run does not, or the other way round."""
    prefix = _stand(run.stand)
    kept = groupby(_raw(_run(run.month), prefix), key=lambda item: item[0].rpartition("#")[0])
    texts = {(key.removeprefix(prefix), _whole(items)) for key, items in kept}
    return tuple(sorted({key for key, _ in texts ^ set(counted.texts)}))


def first_head(run: Run) -> None:
    """The run is counted. Where somebody was faster, theirs stands: it says the same."""
    _once(head_item(run))


def head_item(run: Run) -> DeskItem:
    """The head of a run: what all read, until it is published."""
    return DeskItem(HEADS, _name(run.month), body=pack(run), version=run.version)


def published_item(run: Run) -> DeskItem:
    """The head of a published run, which is new or is not written."""
    return DeskItem(HEADS, f"{_name(run.month)}#{PUBLISHED}", body=pack(run))


def load(month: date) -> Run | None:
    """The run of ``month``, as it was published where it was; None before it was counted."""
    item = get(HEADS, f"{_name(month)}#{PUBLISHED}") or get(HEADS, _name(month))
    return None if item is None else unpack(item.body, Run)


def runs(year: int | None = None) -> tuple[Run, ...]:
    """All runs, or those of one year, latest first."""
    heads = {item.sk: item for item in under(HEADS, f"{year:04}-" if year is not None else "")}
    found = (unpack(heads.get(f"{sk}#{PUBLISHED}", item).body, Run) for sk, item in heads.items() if "#" not in sk)
    return tuple(sorted(found, key=lambda run: run.month, reverse=True))


def _once(item: DeskItem) -> bool:
    """Write an item unless it is there; whether it was written."""
    try:
        item.save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _parts(text: str) -> list[str]:
    return [text[start : start + PART] for start in range(0, len(text), PART)] or [""]


def _whole(items: Iterable[tuple[str, str]]) -> str:
    return "".join(body for _, body in items)


def _raw(pk: str, prefix: str, projection: str = "sk, body") -> Iterator[tuple[str, str]]:
    """Sort key and body of a partition's items, in order; without the model, for there may be thousands."""
    pages = (
        raw_client()
        .get_paginator("query")
        .paginate(
            TableName=config().table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ProjectionExpression=projection,
            ExpressionAttributeValues={":pk": {"S": pk}, ":prefix": {"S": prefix}},
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield item["sk"]["S"], item.get("body", {}).get("S", "")


def _run(month: date) -> str:
    return f"run#{_name(month)}"


def _stand(stand: str) -> str:
    return f"{stand[:32]}#"


def _name(month: date) -> str:
    return f"{month:%Y-%m}"


def _month(name: str) -> date:
    return date.fromisoformat(f"{name}-01")
