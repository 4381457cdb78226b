"""The room of 在线沟通: who waits, the talk in hand, what was said today; and the hours, for who sets them."""

from collections.abc import Callable
from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, talk_filing, talk_room
from chalicelib.domain.errors import NotAllowed, NotFound, Refused
from chalicelib.domain.setting_talk import MOST_PHRASES, MOST_SESSIONS
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.talk_forms import LONGEST_WORDS
from chalicelib.domain.words import Kind, Role
from chalicelib.entrypoints.chat_views import called, hours_words
from chalicelib.entrypoints.console.visits import CSP, FORM, Visit, done, page, redirect, seated

chat = Blueprint(__name__)
ROOM, PLACE = "chat", "/console/chat"
HOURS, HOURS_PLACE = "chat_hours", "/console/chat_hours"
WITH_SCRIPT = f"{CSP}; script-src 'self'; connect-src 'self'"


@chat.route("/chat", methods=["GET"])
def lists() -> Response:
    """Who waits, who talks, and the day's talks."""
    return seated(chat, ROOM, _shown)


@chat.route("/chat/{talk}", methods=["GET"])
def one(talk: str) -> Response:
    """One talk, beside the lists."""
    return seated(chat, ROOM, lambda visit: _shown(visit, talk))


@chat.route("/chat/{talk}/taking", methods=["POST"], content_types=FORM)
def take(talk: str) -> Response:
    """Take who waits."""
    return _step(talk, "taking", lambda visit: talk_room.take(talk, visit.seat.staff, visit.now))


@chat.route("/chat/{talk}/messages", methods=["POST"], content_types=FORM)
def answer(talk: str) -> Response:
    """Say something: what was typed, or one of the phrases."""

    def step(visit: Visit) -> None:
        phrases, chosen = cities.current().talk.phrases, visit.form.get("phrase", "")
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else len(phrases)
        said = phrases[number] if number < len(phrases) else visit.form.get("text", "")
        talk_room.answer(talk, {"key": visit.form.get("key", ""), "text": said}, visit.seat.staff, visit.now)

    return _step(talk, "messages", step, told=False)


@chat.route("/chat/{talk}/handover", methods=["POST"], content_types=FORM)
def hand_over(talk: str) -> Response:
    """Give it to a colleague."""
    return _step(
        talk,
        "handover",
        lambda visit: talk_room.hand_over(talk, visit.form.get("colleague", ""), visit.seat.staff, visit.now),
    )


@chat.route("/chat/{talk}/end", methods=["POST"], content_types=FORM)
def end(talk: str) -> Response:
    """End it."""
    return _step(talk, "end", lambda visit: talk_room.end(talk, visit.seat.staff, visit.now))


@chat.route("/chat/{talk}/submission", methods=["POST"], content_types=FORM)
def file(talk: str) -> Response:
    """Make a submission of it; the citizen sees receipt and code at once."""

    def step(visit: Visit) -> None:
        raw: dict[str, object] = {name: visit.form.get(name, "") for name in ("kind", "mailbox", "title", "text")}
        raw |= {name: visit.form.get(name, "") for name in ("area", "name", "phone")}
        raw["keep_name_from_unit"] = visit.form.get("keep_name") == "yes"
        talk_filing.file(talk, raw, visit.seat.staff, called(visit.language), visit.now)

    return _step(talk, "submission", step)


def _step(talk: str, form: str, step: Callable[[Visit], object], *, told: bool = True) -> Response:
    """Take a step on a talk. What was typed is still there when it is refused."""

    def work(visit: Visit) -> Response:
        try:
            step(visit)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            return _shown(visit, talk, refused, form)
        place = f"{PLACE}/{talk}"
        return done(place, form) if told else redirect(place)

    return seated(chat, ROOM, work)


def _shown(visit: Visit, talk: str = "", refused: Refused | None = None, form: str = "") -> Response:
    """The page. ``form``: the one that was refused, and is shown as it was filled in."""
    staff, today = visit.seat.staff, day_in_shanghai(visit.now)
    day = _day(visit.query.get("day", ""), today)
    room = talk_room.room(staff, day, visit.now)
    answer = page(
        visit,
        "chat",
        refused=refused,
        changed="chat.changed",
        refused_form=form,
        room=room,
        day=day,
        today=today,
        open=talk_room.open_talk(talk, staff, visit.now) if talk else None,
        may=visit.role is Role.CLERK,
        phrases=cities.current().talk.phrases,
        hours=hours_words(visit.language),
        kinds=list(Kind),
        mailbox=talk_filing.mailbox_for(Kind.APPEAL, cities.current()),
        longest=LONGEST_WORDS,
        key=talk_room.new_key(),
    )
    answer.headers["Content-Security-Policy"] = WITH_SCRIPT
    return answer


def _day(text: str, today: date) -> date:
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today


@chat.route("/chat_hours", methods=["GET"])
def hours() -> Response:
    """When the desk talks, and the clerks' phrases."""
    return seated(chat, HOURS, _hours)


@chat.route("/chat_hours", methods=["POST"], content_types=FORM)
def set_hours() -> Response:
    """Set them."""

    def work(visit: Visit) -> Response:
        try:
            talk_room.set_hours(visit.form)
        except Refused as refused:
            return _hours(visit, refused)
        return done(HOURS_PLACE, HOURS)

    return seated(chat, HOURS, work)


def _hours(visit: Visit, refused: Refused | None = None) -> Response:
    return page(
        visit,
        "chat_hours",
        refused=refused,
        hours=cities.current().talk,
        sessions=range(1, MOST_SESSIONS + 1),
        most=MOST_PHRASES,
    )
