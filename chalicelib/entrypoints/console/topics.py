"""The room of hot topics: the ranking, one topic, and what is put right by hand."""

from collections.abc import Callable, Sequence
from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, topics, topics_by_hand
from chalicelib.desk.topics import Filters
from chalicelib.domain.errors import FieldError, Invalid, Refused
from chalicelib.domain.hot_topics import LONGEST_NAME, MOST_MOVED, Thresholds
from chalicelib.domain.words import Level
from chalicelib.entrypoints.console.fields import whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated, words
from chalicelib.web import charts
from chalicelib.web.charts import Point

hot = Blueprint(__name__)
ROOM, PLACE = "topics", "/console/topics"
SPANS = (7, 30)  # days that can be filtered by
SPARK_DAYS = 30
PICTURE_DAYS = 30
BOX = "letter-"
THRESHOLDS = ("window", "people", "budding_people", "budding_times")


@hot.route("/topics", methods=["GET"])
def ranking() -> Response:
    """The ranking."""
    return seated(hot, ROOM, _ranking)


@hot.route("/topics/settings", methods=["POST"], content_types=FORM)
def settings() -> Response:
    """From when leaders are told."""

    def work(visit: Visit) -> Response:
        try:
            topics_by_hand.set_thresholds(_thresholds(visit), visit.seat.staff, visit.now)
        except Refused as refused:
            return _ranking(visit, refused)
        return done(PLACE, "settings")

    return seated(hot, ROOM, work)


@hot.route("/topics/{topic_id}", methods=["GET"])
def one(topic_id: str) -> Response:
    """One topic."""
    return seated(hot, ROOM, lambda visit: _one(visit, topic_id))


@hot.route("/topics/{topic_id}/name", methods=["POST"], content_types=FORM)
def name(topic_id: str) -> Response:
    """Give it a name."""
    return _by_hand(
        topic_id,
        lambda visit, version: topics_by_hand.rename(
            topic_id, version, visit.form.get("name", ""), visit.seat.staff, visit.now
        ),
    )


@hot.route("/topics/{topic_id}/merger", methods=["POST"], content_types=FORM)
def merger(topic_id: str) -> Response:
    """Another topic becomes part of it."""
    return _by_hand(
        topic_id,
        lambda visit, version: topics_by_hand.merge(
            topic_id, version, visit.form.get("other", ""), visit.seat.staff, visit.now
        ),
    )


@hot.route("/topics/{topic_id}/split", methods=["POST"], content_types=FORM)
def split(topic_id: str) -> Response:
    """The letters ticked become a topic of their own."""

    def work(visit: Visit, version: int) -> None:
        receipts = [field.removeprefix(BOX) for field in visit.form if field.startswith(BOX)]
        name = visit.form.get("split_name", "")
        topics_by_hand.split(topic_id, version, receipts, name, visit.seat.staff, visit.now)

    return _by_hand(topic_id, work)


@hot.route("/topics/{topic_id}/undoing", methods=["POST"], content_types=FORM)
def undoing(topic_id: str) -> Response:
    """Take a step back."""
    return _by_hand(
        topic_id,
        lambda visit, version: topics_by_hand.undo(
            topic_id, version, whole(visit.form.get("number", "")), visit.seat.staff, visit.now
        ),
    )


def _by_hand(topic_id: str, act: Callable[[Visit, int], object]) -> Response:
    def work(visit: Visit) -> Response:
        try:
            act(visit, whole(visit.form.get("version", "")))
        except Refused as refused:
            return _one(visit, topic_id, refused)
        return done(f"{PLACE}/{topic_id}", "topic")

    return seated(hot, ROOM, work)


def _ranking(visit: Visit, refused: Refused | None = None) -> Response:
    city = cities.current()
    filters = Filters(
        visit.query.get("area", ""), visit.query.get("category", ""), max(0, whole(visit.query.get("days", "")))
    )
    room = topics.room(visit.now, filters)
    return page(
        visit,
        "topics",
        refused=refused,
        room=room,
        filters=filters,
        spans=SPANS,
        counties=[area for area in city.areas if area.level is Level.COUNTY],
        sparks={
            one.topic.id: charts.little_bars([count for _, count in one.series[-SPARK_DAYS:]]) for one in room.topics
        },
        may_set=visit.role in topics_by_hand.SETTERS,
        thresholds=THRESHOLDS,
    )


def _one(visit: Visit, topic_id: str, refused: Refused | None = None) -> Response:
    found = topics.story(visit.seat.staff, topic_id, visit.now)
    label = words(visit, "topic.by_day")
    return page(
        visit,
        "topic",
        refused=refused,
        story=found,
        changed="topic.changed",
        picture=charts.columns(_points(found.seen.series[-PICTURE_DAYS:]), label),
        days=[(day, count) for day, count in reversed(found.seen.series) if count],
        longest=LONGEST_NAME,
        most_moved=MOST_MOVED,
    )


def _points(series: Sequence[tuple[date, int]]) -> list[Point]:
    """A bar a day; its day stands at every fifth, counted from today."""
    last = len(series) - 1
    return [
        Point(f"{day.month}-{day.day}" if (last - place) % 5 == 0 else "", count, str(count) if count else " ")
        for place, (day, count) in enumerate(series)
    ]


def _thresholds(visit: Visit) -> Thresholds:
    """What the form says. Raises Invalid for what is no number."""
    texts = {field: visit.form.get(field, "").strip() for field in THRESHOLDS}
    faults = [FieldError(field, "field.not_number") for field, text in texts.items() if whole(text) < 0]
    if faults:
        raise Invalid(faults)
    values = {field: whole(text) for field, text in texts.items()}
    return Thresholds(**values, version=max(0, whole(visit.form.get("version", ""))))
