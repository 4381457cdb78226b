"""Papers on their way: drafted from a report, edited, issued under the year's next number, handed out as files."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain import papers as rules
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.papers import Paper, PaperSection
from chalicelib.domain.people import Staff
from chalicelib.gateways import objects
from chalicelib.storage import papers
from chalicelib.storage.papers import Line
from chalicelib.storage.unit_of_work import AlreadyThere

TRIES = 8
FETCHED_WITHIN = timedelta(minutes=5)
PLACE = "papers/"  # in the bucket; what lies there is removed after a day


def draft(paper_id: str, title: str, sections: tuple[PaperSection, ...], staff: Staff, at: datetime) -> Paper:
    """A draft about a period; the one that is there already, if any. Raises NotAllowed."""
    paper = rules.drafted(paper_id, title, sections, head_of(cities.current()), staff, at)
    try:
        papers.save_new(paper, at)
    except AlreadyThere:
        return paper_of(paper_id)
    return paper


def head_of(city: City) -> Letterhead:
    """The office's letterhead; without a name of its own, the petition office's."""
    head = city.letterhead
    desk = city.unit(city.desk_unit)
    own = desk.name.zh if desk is not None else city.name.zh
    return head if head.issuer else replace(head, issuer=own)


def paper_of(paper_id: str) -> Paper:
    """The paper. Raises NotFound."""
    paper = papers.load(paper_id)
    if paper is None:
        raise NotFound()
    return paper


def of_period(paper_id: str) -> Paper | None:
    """The paper about a period; None while there is none."""
    return papers.load(paper_id)


def next_serial(at: datetime) -> tuple[int, int]:
    """The year, and the number that is given next in it."""
    year = at.astimezone(SHANGHAI).year
    return year, papers.last_serial(year) + 1


def edit(paper_id: str, form: Mapping[str, object], seen: int, staff: Staff, at: datetime) -> Paper:
    """The draft as it was edited. Raises NotFound, NotAllowed, RuleBroken for an issued one, Changed, Invalid."""
    paper = rules.edited(paper_of(paper_id), form, seen, staff, at)
    papers.save_edited(paper, at)
    return paper


def issue(paper_id: str, seen: int, staff: Staff, at: datetime) -> Paper:
    """Issue the paper under the year's next number: in order, without a gap, each number once.

    Raises NotFound, NotAllowed, RuleBroken for an issued one, Changed when somebody has edited it.
    """
    head = head_of(cities.current())
    for _ in range(TRIES):
        paper = rules.issued(paper_of(paper_id), next_serial(at)[1], head, seen, staff, at)
        try:
            papers.save_issued(paper, at)
        except (Changed, AlreadyThere):  # another paper took the number
            continue
        return paper
    raise Changed()


def drafts() -> list[Line]:
    """What is not issued yet."""
    return papers.drafts()


def issued_in(year: int) -> list[Line]:
    """The papers issued in a year, the last first."""
    return papers.of_year(year)


def years() -> list[int]:
    """The years in which papers were issued, the last first."""
    return papers.years()


def set_letterhead(form: Mapping[str, object]) -> None:
    """Set what all papers bear. Raises Invalid."""
    head = rules.letterhead(form)
    cities.change(lambda city: replace(city, letterhead=head))


def handed_out(content: bytes, name: str, content_type: str) -> str:
    """An address at which a file that was just made can be fetched for a few minutes, under ``name``.

    It goes by the bucket, as every other file does: the gateway would hand a browser base64 instead, for it decides by
    the first type that the browser would rather have, a page.
    """
    key = f"{PLACE}{hashlib.sha256(content).hexdigest()}"
    objects.put(key, content, content_type)
    return objects.presigned_get(key, name, FETCHED_WITHIN)
