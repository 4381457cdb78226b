"""The citizens' API of 在线沟通: how the desk stands, a talk from its start to its end, and a submission made of it.

The token that opens a talk comes in a body, never in an address: addresses stand in logs.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response
from msgspec import structs

from chalicelib.desk import gates, talk_filing, talking
from chalicelib.domain.errors import NotFound
from chalicelib.domain.gates import Purpose
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.chat_views import ChatBegun, ChatNews, ChatStanding, called, news_view, standing_view
from chalicelib.entrypoints.contract import IN_BODY, PROVEN, Guard, promise
from chalicelib.entrypoints.forms import MessageSaid, NewsAsked, TalkAsked, TalkHandedIn, TalkOpened

chat = Blueprint(__name__)


def _answered(work: Callable[[Request, str, datetime], Response]) -> Response:
    """What is refused becomes a message in the reader's language."""
    return answered(chat.current_request, lambda request, language: work(request, language, datetime.now(UTC)))


@promise(
    chat,
    "GET",
    "/api/chat",
    "chat_standing",
    answers={200: ChatStanding},
)
def standing() -> Response:
    """Whether the desk is there now, how long the wait is, and when it is there again."""
    return _answered(lambda request, language, now: json_answer(standing_view(talking.standing(now), language, now)))


@promise(
    chat,
    "POST",
    "/api/chat/talks",
    "chat_begin",
    takes=TalkAsked,
    answers={201: ChatBegun},
    refuses=(*IN_BODY, *PROVEN, "slow_down", "changed", "rule"),
)
def start() -> Response:
    """Begin to wait. 201 with the token; the same again when the same form came before."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        gate = gates.of_form(Purpose.TALK, body, now)
        token, news = talking.start(body, language, address_of(request), now, gate)
        return json_answer(ChatBegun(token=token, **structs.asdict(news_view(news, language, now))), 201)

    return _answered(work)


@promise(
    chat,
    "POST",
    "/api/chat/news",
    "chat_news",
    takes=NewsAsked,
    answers={200: ChatNews},
    refuses=(*IN_BODY, "not_found", "changed"),
    guard=Guard.TOKEN,
)
def news() -> Response:
    """What is new since a message; also the sign that she is there."""
    return _told(lambda token, body, now: talking.poll(token, body, now))


@promise(
    chat,
    "POST",
    "/api/chat/messages",
    "chat_say",
    takes=MessageSaid,
    answers={201: ChatNews},
    refuses=(*IN_BODY, "not_found", "changed", "rule", "too_many_messages_own"),
    guard=Guard.TOKEN,
)
def say() -> Response:
    """Say something; the same key is said once."""
    return _told(lambda token, body, now: talking.say(token, body, now), 201)


@promise(
    chat,
    "POST",
    "/api/chat/leaving",
    "chat_leave",
    takes=TalkOpened,
    answers={200: ChatNews},
    refuses=(*IN_BODY, "not_found", "changed", "rule"),
    guard=Guard.TOKEN,
)
def leave() -> Response:
    """Leave."""
    return _told(lambda token, body, now: talking.leave(token, now))


@promise(
    chat,
    "POST",
    "/api/chat/submission",
    "chat_hand_in",
    takes=TalkHandedIn,
    answers={201: ChatNews, 200: ChatNews},
    refuses=(*IN_BODY, "not_found", "too_late", "key_used", "changed", "rule"),
    guard=Guard.TOKEN,
)
def hand_in() -> Response:
    """Make a submission of a talk that is over. The same form sent twice gives the same receipt."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        token = _token(body)
        receipt = talk_filing.hand_in(token, body, called(language), now)
        news = talking.poll(token, body, now)
        return json_answer(news_view(news, language, now), 200 if receipt.repeated else 201)

    return _answered(work)


def _told(work: Callable[[str, dict[str, object], datetime], talking.News], status: int = 200) -> Response:
    def answer(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        return json_answer(news_view(work(_token(body), body, now), language, now), status)

    return _answered(answer)


def _token(body: dict[str, object]) -> str:
    token = body.get("token")
    if not isinstance(token, str) or not token:
        raise NotFound()
    return token
