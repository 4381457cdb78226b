"""Texts that are alike share bands: by them a near-identical letter is found without looking at all letters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pynamodb.exceptions import DeleteError, UpdateError

from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed

KEPT_FOR = timedelta(days=180)
MOST_IN_A_BAND = 4  # letters; those joined to another's case stand in that case

Found = Mapping[str, tuple[tuple[str, str], ...]]
"""By band, the (case, receipt) pairs of the letters that show it, latest first."""


def sharing(bands: Sequence[str]) -> Found:
    """The letters that show one of ``bands``. One read."""
    found = DeskItem.batch_get([(f"band#{band}", "band") for band in bands])
    return {item.pk.removeprefix("band#"): unpack(item.body, tuple[tuple[str, str], ...]) for item in found}


def receipts_of(found: Found) -> list[str]:
    """The letters found, those that share most first."""
    shared = Counter(pair for pairs in found.values() for pair in pairs)
    return [receipt for (_, receipt), _ in shared.most_common()]


def cases_of(found: Found) -> list[str]:
    """The cases of the letters found, those that share most first."""
    shared = Counter(case_id for pairs in found.values() for case_id, _ in pairs)
    return [case_id for case_id, _ in shared.most_common()]


def band_items(bands: Sequence[str], case_id: str, receipt: str, at: datetime, found: Found) -> list[DeskItem]:
    """One item a band, with this letter before those ``found`` there. Of two letters at once one may be lost to the
    other's bands: they are still compared by who wrote them, and by the clerk.
    """
    expires = int((at + KEPT_FOR).timestamp())
    new = (case_id, receipt)
    return [
        DeskItem(
            f"band#{band}",
            "band",
            body=pack([new, *(pair for pair in found.get(band, ()) if pair != new)][:MOST_IN_A_BAND]),
            expires=expires,
        )
        for band in bands
    ]


def forget(bands: Sequence[str], case_id: str, receipt: str) -> None:
    """The bands that show this letter no longer do; the other letters that show them stay."""
    own = (case_id, receipt)
    for band, pairs in sharing(bands).items():
        rest = [pair for pair in pairs if pair != own]
        if len(rest) < len(pairs):
            _leave(DeskItem(f"band#{band}", "band"), rest, pack(pairs))


def _leave(item: DeskItem, rest: list[tuple[str, str]], read: str) -> None:
    """Whoever changed the band since it was read finds this letter erased: it is compared with nothing any more."""
    try:
        if rest:
            item.update(actions=[DeskItem.body.set(pack(rest))], condition=DeskItem.body == read)
        else:
            item.delete(DeskItem.body == read)
    except (DeleteError, UpdateError) as error:
        if not condition_failed(error):
            raise
