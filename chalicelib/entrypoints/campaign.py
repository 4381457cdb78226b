"""积案化解 in public: the campaign's figures, by leader, without any matter's title."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Response

from chalicelib.desk import backlog
from chalicelib.desk.backlog import Published
from chalicelib.domain.backlog import NOBODY
from chalicelib.entrypoints.answers import json_answer
from chalicelib.entrypoints.wording import Json, iso

campaign = Blueprint(__name__)
A_WHILE = 300  # seconds that anyone may keep it


@campaign.route("/api/campaign", methods=["GET"])
def figures() -> Response:
    """How many matters are backlog, how many are settled, and by whom; ``{"public": false}`` where it is not told."""
    published = backlog.published(datetime.now(UTC))
    return json_answer({"public": False} if published is None else campaign_view(published), keep_for=A_WHILE)


def campaign_view(published: Published) -> Json:
    """The figures. A leader who has no account any more has neither name nor office."""
    counted = published.campaign
    owners = [(share, published.people.get(share.owner)) for share in counted.shares if share.owner != NOBODY]
    return {
        "public": True,
        "at": iso(published.at),
        "since": counted.since.isoformat() if counted.since else None,
        "total": counted.total,
        "settled": counted.settled,
        "open": counted.open,
        "percent": counted.percent,
        "unowned": counted.unowned,
        "leaders": [
            {
                "name": person.name if person else None,
                "office": person.office if person else None,
                "total": share.total,
                "settled": share.settled,
                "open": share.open,
                "percent": share.percent,
            }
            for share, person in owners
        ],
    }
