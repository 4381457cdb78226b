"""What the citizens' API of 在线沟通 answers with: the desk's values as JSON, in the reader's language."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.talking import Desk, News, Standing
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.receipts import spoken
from chalicelib.domain.talk import Message, Phase
from chalicelib.domain.transcripts import Called
from chalicelib.entrypoints.wording import Json, iso
from chalicelib.web.messages import say


def called(language: str) -> Called:
    """What a transcript calls the two who talk."""
    return Called(say("chat.side.citizen", language), say("chat.side.clerk", language))


def standing_view(standing: Standing, language: str, now: datetime) -> Json:
    """How the desk stands, and the sentence that says so."""
    return {
        "desk": standing.desk.value,
        "words": _standing_words(standing, language, now),
        "hours": hours_words(language),
        "opens_at": iso(standing.opens_at) if standing.opens_at else None,
        "ahead": standing.ahead,
        "minutes": standing.minutes,
    }


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


def news_view(news: News, language: str, now: datetime) -> Json:
    """What she is told: where her talk stands, in a sentence, and what was said since."""
    talk = news.talk
    return {
        "phase": talk.phase.value,
        "words": _words(news, language),
        "clerk": talk.clerk_name or None,
        "messages": [_message(one) for one in news.messages],
        "end": talk.end.value if talk.end else None,
        "wait": standing_view(news.standing, language, now) if news.standing else None,
        "receipt": _receipt(news) if talk.receipt else None,
        "may_hand_in": news.may_hand_in,
    }


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


def _message(message: Message) -> Json:
    return {
        "number": message.number,
        "side": message.side.value,
        "name": message.name,
        "at": iso(message.at),
        "text": message.words,
    }


def _receipt(news: News) -> Json:
    return {
        "receipt": news.talk.receipt,
        "receipt_spoken": spoken(news.talk.receipt),
        "code": news.code,
        "code_spoken": spoken(news.code),
    }
