"""What the citizens' API of receptions answers with: the desk's values as JSON, in the reader's language."""

from datetime import datetime

from msgspec import Struct, structs

from chalicelib.desk.booking import Booked, Standing
from chalicelib.domain.city import City
from chalicelib.domain.people import masked_name
from chalicelib.domain.receipts import spoken
from chalicelib.domain.reception_news import place_after, plan_after, seen_by
from chalicelib.domain.receptions import BookingState, News, NewsKind, Plan, Reception, ReceptionKind
from chalicelib.entrypoints.wording import Moment, iso, unit_name
from chalicelib.web.messages import say
from chalicelib.web.templating import on_paper


class PublicReception(Struct, frozen=True, kw_only=True):
    """A reception as everybody may see it. ``called_off``, ``changed``: why."""

    id: str
    kind: ReceptionKind
    kind_name: str
    host: str
    units: tuple[str | None, ...]
    starts_at: Moment
    ends_at: Moment
    place: str
    places: int
    minutes: int
    free: int
    open: bool
    called_off: str | None
    changed: str | None


class Receptions(Struct, frozen=True):
    """The coming ones."""

    receptions: tuple[PublicReception, ...]


class BookingChange(Struct, frozen=True, kw_only=True):
    """What has changed since it was booked."""

    at: Moment
    kind: NewsKind
    words: str
    reason: str


class BookingStanding(Struct, frozen=True, kw_only=True):
    """A booking as who made it sees it, with what has changed since and what to do next."""

    number: str
    number_spoken: str
    state: BookingState
    state_name: str
    comes_at: Moment | None
    people: int | None
    name: str
    about: str
    reception: PublicReception
    changes: tuple[BookingChange, ...]
    next: str
    may: tuple[str, ...]


class BookedPlace(BookingStanding, frozen=True, kw_only=True):
    """The same with its code, which is shown right after booking only."""

    code: str
    code_spoken: str


def reception_view(reception: Reception, city: City, language: str, now: datetime) -> PublicReception:
    """A reception as everybody may see it."""
    plan, off = reception.plan, reception.called_off
    return PublicReception(
        id=reception.id,
        kind=plan.kind,
        kind_name=say(f"reception.{plan.kind}", language),
        host=plan.host,
        units=tuple(unit_name(unit, city, language) for unit in plan.units),
        starts_at=iso(plan.starts_at),
        ends_at=iso(plan.ends_at),
        place=plan.place,
        places=plan.places,
        minutes=plan.minutes,
        free=0 if off else reception.free,
        open=reception.open_at(now),
        called_off=off.reason if off else None,
        changed=reception.changes[-1].reason if reception.changes else None,
    )


def standing_view(standing: Standing, city: City, language: str, now: datetime) -> BookingStanding:
    """A booking as who made it sees it."""
    own, reception = standing.booking, standing.reception
    return BookingStanding(
        number=standing.number,
        number_spoken=spoken(standing.number),
        state=standing.state,
        state_name=say(f"booking.{standing.state}", language),
        comes_at=iso(reception.time_of(own)) if own else None,
        people=own.people if own else None,
        name=masked_name(standing.visitor.petitioner.name),
        about=standing.visitor.about,
        reception=reception_view(reception, city, language, now),
        changes=tuple(_change_view(news, standing, city, language) for news in seen_by(reception, standing.number)),
        next=say(f"booking.next.{_next_step(standing, now)}", language),
        may=("cancel",) if standing.may_cancel(now) else (),
    )


def booked_view(booked: Booked, city: City, language: str, now: datetime) -> BookedPlace:
    """As ``standing_view``, with the code."""
    standing = standing_view(booked.standing, city, language, now)
    return BookedPlace(**structs.asdict(standing), code=booked.code, code_spoken=spoken(booked.code))


def _change_view(news: News, standing: Standing, city: City, language: str) -> BookingChange:
    words = say("booking.change.between", language).join(_change_words(news, standing, city, language))
    return BookingChange(at=iso(news.at), kind=news.kind, words=words, reason=news.reason)


def _change_words(news: News, standing: Standing, city: City, language: str) -> list[str]:
    """What is another than it was."""
    if standing.booking is None or news.kind in (NewsKind.CALLED_OFF, NewsKind.RELEASED):
        return [say(f"booking.change.{news.kind}", language)]
    before, after = news.before, plan_after(standing.reception, news)
    place = place_after(standing.reception, news, standing.booking)
    earlier = news.place if news.kind is NewsKind.SHIFTED else place
    pairs = {
        "time": (on_paper(before.turn(earlier)), on_paper(after.turn(place))),
        "place": (before.place, after.place),
        "who": (_who(before, city, language), _who(after, city, language)),
    }
    return [
        say(f"booking.change.{what}", language, before=old, after=new)
        for what, (old, new) in pairs.items()
        if old != new
    ]


def _who(plan: Plan, city: City, language: str) -> str:
    """Who receives, as citizens read it."""
    units = (unit_name(unit, city, language) or unit for unit in plan.units)
    return plan.host or say("reception.and", language).join(units)


def _next_step(standing: Standing, now: datetime) -> str:
    """What is left to do for who booked: the end of a message's key."""
    if standing.state is not BookingState.BOOKED:
        return standing.state.value
    if standing.reception.called_off is not None:
        return "called_off"
    return "come" if now < standing.reception.plan.starts_at else "begun"
