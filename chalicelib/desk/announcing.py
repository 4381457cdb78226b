"""Who booked a place on a reception is told what becomes of it, and reminded the day before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.config import config
from chalicelib.desk import cities, wording
from chalicelib.desk.booking import visitor_of
from chalicelib.desk.committing import finish
from chalicelib.desk.in_peace import leave_in_peace
from chalicelib.desk.sending import Letter, page, tell, ways
from chalicelib.desk.wording import Wording
from chalicelib.desk.working import masked
from chalicelib.domain import receptions as rules
from chalicelib.domain.messages import ReceptionMessage
from chalicelib.domain.quiet import held_until
from chalicelib.domain.reception_news import known_until, news_of, recipients
from chalicelib.domain.receptions import News, Plan, Reception
from chalicelib.storage import notices, receptions
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.storage.receptions import Ticket, reception_item
from chalicelib.web.messages import say

PAGES = {"zh": "receptions.html", "en": "en/receptions.html"}  # where a booking is looked up


def messages_of(before: Reception, after: Reception, at: datetime) -> Iterable[ReceptionMessage]:
    """What is to be sent of the news between two readings; nothing for news that nobody is told."""
    for news in after.news[len(before.news) :]:
        if recipients(after, news, at):
            yield ReceptionMessage(after.id, news.number)


def remind(reception: Reception, at: datetime) -> None:
    """The day before has come. Raises Changed when the reception was moved on since it was read."""
    after = rules.remind(reception, at)
    finish(at=at, versioned=[reception_item(after)], messages=messages_of(reception, after, at))


def announce(message: ReceptionMessage, at: datetime) -> datetime | None:
    """Tell everybody whom the news concerns as the reception stands now; gives when the message is to come again, where
    somebody is not woken now or may be sent it at this very moment.

    Raises NotAllTold, after everybody else was told, when somebody could not be.
    """
    reception = receptions.load(message.reception)
    news = news_of(reception, message.news)
    told = recipients(reception, news, at)
    tickets, tried, words = receptions.tickets(told), notices.of_reception(reception.id), wording.in_force()
    sent = _sent(tried)
    look_again = leave_in_peace(tried, news.number, told, at)

    def letters(number: str) -> Iterator[Letter]:
        """None where who booked is forgotten by now."""
        ticket = tickets.get(number)
        if ticket is None or not ticket.sealed:
            return iter(())
        return _letters(reception, news, ticket, sent[number], words, at)

    return tell(told, letters, f"news {news.number} of reception {reception.id}", look_again)


def _sent(tried: Iterable[Attempted]) -> dict[str, set[int]]:
    """The numbers of the news that each booking's citizen was sent."""
    sent: dict[str, set[int]] = defaultdict(set)
    for one in tried:
        if one.state is Sending.SENT:
            sent[one.recipient].add(one.event)
    return sent


def _letters(
    reception: Reception, news: News, ticket: Ticket, sent: set[int], words: Wording, at: datetime
) -> Iterator[Letter]:
    """One notice for each way the citizen left. What it is about, and who wrote, stand in none."""
    petitioner, language = visitor_of(ticket).petitioner, ticket.language
    notice, values = f"reception_{news.kind}", _values(reception, news, ticket, sent)
    subject = wording.subject_of(words, notice, language, values)
    begins = min((plan.starts_at for plan in (news.before, reception.plan) if plan.starts_at > at), default=None)
    for way, address, hidden in ways(petitioner, masked(petitioner)):
        text = wording.text_of(words, notice, language, way, values)
        html = page(language, subject, text, _page_of(language)) if way == "mail" else ""
        attempt = Attempted(
            case_id="",
            event=news.number,
            recipient=ticket.number,
            way=way,
            to=hidden,
            subject=subject,
            text=text,
            state=Sending.SENDING,
            attempts=0,
            at=at,
            reception=reception.id,
        )
        yield Letter(address, attempt, html, held_until=held_until(words.quiet, way, at, begins))


def _values(reception: Reception, news: News, ticket: Ticket, sent: set[int]) -> dict[str, object]:
    """What a notice may say: how it was, how it stands now, and why."""
    language, plan = ticket.language, reception.plan
    before, place = known_until(reception, news, ticket.number, sent)
    own = next((one for one in reception.bookings if one.number == ticket.number), None)
    return {
        "desk": cities.current().name.within(language),
        "number": ticket.number,
        "before_at": before.turn(place),
        "before_place": before.place,
        "comes_at": reception.time_of(own) if own else None,
        "place": plan.place,
        "host": _host(plan, language),
        "reason": news.reason.rstrip("。.!！ "),
        "page": _page_of(language),
    }


def _host(plan: Plan, language: str) -> str:
    """Who receives, as citizens read it."""
    if plan.host:
        return plan.host
    units = (cities.current().unit(unit) for unit in plan.units)
    return say("reception.and", language).join(unit.name.within(language) for unit in units if unit is not None)


def _page_of(language: str) -> str:
    return f"{config().public_origin}/{PAGES.get(language, PAGES['zh'])}"
