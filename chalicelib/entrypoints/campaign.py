"""积案化解 in public: the campaign's figures, by leader, without any matter's title."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import backlog
from chalicelib.desk.backlog import Published
from chalicelib.domain.backlog import NOBODY
from chalicelib.entrypoints.answers import json_answer
from chalicelib.entrypoints.contract import promise
from chalicelib.entrypoints.wording import Day, Moment, iso

campaign = Blueprint(__name__)
A_WHILE = 300  # seconds that anyone may keep it


class LeaderShare(Struct, frozen=True, kw_only=True):
    """One leader's part. Who has no account any more has neither name nor office."""

    name: str | None
    office: str | None
    total: int
    settled: int
    open: int
    percent: float | None


class CampaignFigures(Struct, frozen=True, kw_only=True):
    """The campaign's figures. ``unowned``: matters that no leader owns yet."""

    public: bool
    at: Moment
    since: Day | None
    total: int
    settled: int
    open: int
    percent: float | None
    unowned: int
    leaders: tuple[LeaderShare, ...]


class CampaignClosed(Struct, frozen=True):
    """The office does not tell them."""

    public: bool


@promise(campaign, "GET", "/api/campaign", "campaign", answers={200: (CampaignFigures, CampaignClosed)})
def figures() -> Response:
    """How many matters are backlog, how many are settled, and by whom; ``{"public": false}`` where it is not told."""
    published = backlog.published(datetime.now(UTC))
    told = CampaignClosed(public=False) if published is None else campaign_view(published)
    return json_answer(told, keep_for=A_WHILE)


def campaign_view(published: Published) -> CampaignFigures:
    """The figures."""
    counted = published.campaign
    owners = [(share, published.people.get(share.owner)) for share in counted.shares if share.owner != NOBODY]
    return CampaignFigures(
        public=True,
        at=iso(published.at),
        since=counted.since.isoformat() if counted.since else None,
        total=counted.total,
        settled=counted.settled,
        open=counted.open,
        percent=counted.percent,
        unowned=counted.unowned,
        leaders=tuple(
            LeaderShare(
                name=person.name if person else None,
                office=person.office if person else None,
                total=share.total,
                settled=share.settled,
                open=share.open,
                percent=share.percent,
            )
            for share, person in owners
        ),
    )
