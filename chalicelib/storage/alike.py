"""Texts that are alike share bands: by them a near-identical letter is found without looking at all letters."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.exceptions import DeleteError

from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem

KEPT_FOR = timedelta(days=180)


def band_items(bands: Sequence[str], case_id: str, receipt: str, at: datetime) -> list[DeskItem]:
    """One item a band: the latest letter that shows it. Those before it stand in the case it was joined to."""
    expires = int((at + KEPT_FOR).timestamp())
    return [DeskItem(f"band#{band}", "band", body=pack([case_id, receipt]), expires=expires) for band in bands]


def forget(bands: Sequence[str], case_id: str, receipt: str) -> None:
    """The bands that show this letter no longer do; those that a later one has taken since stay."""
    own = pack([case_id, receipt])
    for band in bands:
        try:
            DeskItem(f"band#{band}", "band").delete(DeskItem.body == own)
        except DeleteError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


def sharing(bands: Sequence[str]) -> list[tuple[str, str]]:
    """The (case, receipt) pairs that share a band, those that share most first. One read."""
    shared: dict[tuple[str, str], int] = {}
    for item in DeskItem.batch_get([(f"band#{band}", "band") for band in bands]):
        case_id, receipt = unpack(item.body, tuple[str, str])
        shared[case_id, receipt] = shared.get((case_id, receipt), 0) + 1
    return sorted(shared, key=lambda pair: -shared[pair])
