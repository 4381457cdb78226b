"""公文: a paper is drafted, edited, and issued under the year's next number; from then on nothing in it changes."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import Changed, NotAllowed, RuleBroken
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role

DRAFTERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})
ISSUERS = frozenset({Role.SUPERVISOR, Role.LEADER})
LONGEST_TITLE = 100
LONGEST_LINE = 200
LONGEST_TEXT = 5000


class PaperState(StrEnum):
    """Where a paper stands."""

    DRAFT = "draft"
    ISSUED = "issued"


class PaperTable(Struct, frozen=True):
    """Figures as they stand in a paper."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class PaperSection(Struct, frozen=True):
    """A heading, what is said under it (a paragraph a line), and its figures."""

    heading: str
    text: str
    tables: tuple[PaperTable, ...] = ()


class Number(Struct, frozen=True):
    """发文字号: 云信访报〔2026〕10号."""

    word: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.serial}号"


class Signed(Struct, frozen=True):
    """Who did something to a paper, and when."""

    login: str
    name: str
    at: datetime


class Paper(Struct, frozen=True):
    """A paper about a period: a month, a quarter or a year, by its key. ``version`` grows with each change."""

    id: str
    version: int
    title: str
    addressed_to: str
    copies_to: str
    sections: tuple[PaperSection, ...]
    drafted: Signed
    edited: Signed | None = None
    issued: Signed | None = None
    number: Number | None = None
    issuer: str = ""  # as it was when the paper was issued

    @property
    def state(self) -> PaperState:
        """Whether it can still be changed."""
        return PaperState.DRAFT if self.issued is None else PaperState.ISSUED

    @property
    def dated(self) -> date | None:
        """成文日期: the day it was issued, in Shanghai."""
        return None if self.issued is None else self.issued.at.astimezone(SHANGHAI).date()


def drafted(
    paper_id: str, title: str, sections: tuple[PaperSection, ...], head: Letterhead, staff: Staff, at: datetime
) -> Paper:
    """A new draft. Raises NotAllowed."""
    _must_be(DRAFTERS, staff, "draft")
    return Paper(paper_id, 1, title, head.addressed_to, head.copies_to, sections, _signed(staff, at))


def edited(paper: Paper, form: Mapping[str, object], seen: int, staff: Staff, at: datetime) -> Paper:
    """The draft with what ``form`` says: title, addressed_to, copies_to and ``text-0``, ``text-1`` … of its sections.
    Its figures stay. ``seen``: the version that was edited.

    Raises NotAllowed, RuleBroken for an issued one, Changed when somebody was faster, Invalid.
    """
    _must_be(DRAFTERS, staff, "draft")
    _must_be_open(paper, seen)
    fields = FieldReader(form)
    title = fields.text("title", required=True, longest=LONGEST_TITLE)
    addressed_to = fields.text("addressed_to", longest=LONGEST_LINE)
    copies_to = fields.text("copies_to", longest=LONGEST_LINE)
    texts = [
        fields.text(f"text-{number}", longest=LONGEST_TEXT, many_lines=True) for number in range(len(paper.sections))
    ]
    fields.raise_errors()
    sections = tuple(replace(one, text=text) for one, text in zip(paper.sections, texts, strict=True))
    return replace(
        paper,
        version=paper.version + 1,
        title=title,
        addressed_to=addressed_to,
        copies_to=copies_to,
        sections=sections,
        edited=_signed(staff, at),
    )


def issued(paper: Paper, serial: int, head: Letterhead, seen: int, staff: Staff, at: datetime) -> Paper:
    """The paper under its number, for good. ``serial``: one more than the last of the year.

    Raises NotAllowed, RuleBroken for an issued one, Changed when somebody has edited it since.
    """
    _must_be(ISSUERS, staff, "issue")
    _must_be_open(paper, seen)
    number = Number(head.word, at.astimezone(SHANGHAI).year, serial)
    return replace(paper, version=paper.version + 1, issued=_signed(staff, at), number=number, issuer=head.issuer)


def _must_be(roles: frozenset[Role], staff: Staff, action: str) -> None:
    if staff.role not in roles:
        raise NotAllowed(action=action)


def _must_be_open(paper: Paper, seen: int) -> None:
    if paper.state is PaperState.ISSUED:
        raise RuleBroken("paper_issued", number=str(paper.number))
    if paper.version != seen:
        raise Changed()


def _signed(staff: Staff, at: datetime) -> Signed:
    return Signed(staff.login, staff.name, at)


def letterhead(form: Mapping[str, object]) -> Letterhead:
    """The settings that a form gives. Raises Invalid."""
    fields = FieldReader(form)
    head = Letterhead(
        fields.text("issuer", longest=LONGEST_TITLE),
        fields.text("word", required=True, longest=20),
        fields.text("addressed_to", longest=LONGEST_LINE),
        fields.text("copies_to", longest=LONGEST_LINE),
        fields.text("hours", longest=LONGEST_LINE),
    )
    fields.raise_errors()
    return head
