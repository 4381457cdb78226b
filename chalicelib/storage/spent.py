"""The ids of the webhooks that other agencies have sent us: each stands for one request, and for no second."""

from datetime import datetime, timedelta

from pynamodb.exceptions import PutError

from chalicelib.storage.table import DeskItem, condition_failed, get

KEPT = timedelta(days=7)  # far longer than a signature is taken, and than anybody goes on trying


def spend(agency: str, webhook_id: str, request: str, at: datetime) -> bool:
    """Note that ``agency`` used ``webhook_id`` for ``request``, a fingerprint of what was asked.

    True also when it was used for just that before: a repeated request. False when it was used for another.
    """
    place = f"spent#{agency}#{webhook_id}", "spent"
    item = DeskItem(*place, body=request, expires=int((at + KEPT).timestamp()))
    try:
        item.save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        before = get(*place)
        return before is not None and before.body == request
    return True
