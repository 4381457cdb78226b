"""What the citizens' API of 在线沟通 answers with: the desk's values as JSON, in the reader's language."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.talking import Desk, News, Standing
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receipts import spoken
from chalicelib.domain.talk import End, Message, Phase, Side
from chalicelib.domain.transcripts import Called
from chalicelib.entrypoints.wording import Moment, iso
from chalicelib.web.messages import say


class ChatStanding(Struct, frozen=True, kw_only=True):
    """How the desk stands, in a sentence. ``ahead``: how many wait before her; ``minutes``: about so long."""

    desk: Desk
    words: str
    hours: str
    opens_at: Moment | None
    ahead: int
    minutes: int


class ChatMessage(Struct, frozen=True, kw_only=True):
    """One thing said."""

    number: int
    side: Side
    name: str
    at: Moment
    text: str


class ChatReceipt(Struct, frozen=True, kw_only=True):
    """Of the submission that the talk became."""

    receipt: str
    receipt_spoken: str
    code: str
    code_spoken: str


class ChatNews(Struct, frozen=True, kw_only=True):
    """Where her talk stands, in a sentence, and what was said since."""

    phase: Phase
    words: str
    clerk: str | None
    messages: tuple[ChatMessage, ...]
    end: End | None
    wait: ChatStanding | None
    receipt: ChatReceipt | None
    may_hand_in: bool


class ChatBegun(ChatNews, frozen=True, kw_only=True):
    """The same, with the token that opens the talk from then on."""

    token: str


def called(language: str) -> Called:
    """What a transcript calls the two who talk."""
    return Called(say("chat.side.citizen", language), say("chat.side.clerk", language))


def standing_view(standing: Standing, language: str, now: datetime) -> ChatStanding:
    """How the desk stands, and the sentence that says so."""
    return ChatStanding(
        desk=standing.desk,
        words=_standing_words(standing, language, now),
        hours=hours_words(language),
        opens_at=iso(standing.opens_at) if standing.opens_at else None,
        ahead=standing.ahead,
        minutes=standing.minutes,
    )


def hours_words(language: str) -> str:
    """When the desk talks: 工作日 09:00–12:00、13:30–17:00."""
    hours = cities.current().talk
    if hours.always:
        return say("chat.hours.always", language)
    spans = say("chat.hours.and", language).join(f"{one.opens}–{one.closes}" for one in hours.sessions)
    return say("chat.hours", language, spans=spans)


def _standing_words(standing: Standing, language: str, now: datetime) -> str:
    if standing.desk is Desk.OPEN:
        return say("chat.desk.open" if standing.ahead else "chat.desk.free", language, **_wait(standing))
    if standing.opens_at is None or standing.desk is Desk.FULL:
        return say(f"chat.desk.{standing.desk}", language)
    local, today = standing.opens_at.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    day = "today" if local.date() == today else "day"
    at = say(f"chat.opens.{day}", language, day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}")
    return say(f"chat.desk.{standing.desk}.until", language, at=at)


def news_view(news: News, language: str, now: datetime) -> ChatNews:
    """What she is told: where her talk stands, in a sentence, and what was said since."""
    talk = news.talk
    return ChatNews(
        phase=talk.phase,
        words=_words(news, language),
        clerk=talk.clerk_name or None,
        messages=tuple(_message(one) for one in news.messages),
        end=talk.end,
        wait=standing_view(news.standing, language, now) if news.standing else None,
        receipt=_receipt(news) if talk.receipt else None,
        may_hand_in=news.may_hand_in,
    )


def _words(news: News, language: str) -> str:
    talk, standing = news.talk, news.standing
    if talk.phase is Phase.ENDED:
        return say(f"chat.end.{talk.end}", language)
    if talk.phase is Phase.TALKING:
        return say("chat.talking", language, clerk=talk.clerk_name)
    if standing is None or standing.desk is not Desk.OPEN:
        return say("chat.waiting.away", language)
    return say("chat.waiting" if standing.ahead else "chat.waiting.next", language, **_wait(standing))


def _wait(standing: Standing) -> dict[str, str]:
    return {"ahead": str(standing.ahead), "minutes": str(standing.minutes)}


def _message(message: Message) -> ChatMessage:
    return ChatMessage(
        number=message.number, side=message.side, name=message.name, at=iso(message.at), text=message.words
    )


def _receipt(news: News) -> ChatReceipt:
    return ChatReceipt(
        receipt=news.talk.receipt,
        receipt_spoken=spoken(news.talk.receipt),
        code=news.code,
        code_spoken=spoken(news.code),
    )
