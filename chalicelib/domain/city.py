"""What a city decides for itself: units, mailboxes, areas, categories, rules. Data, never code."""

from datetime import datetime

from msgspec import Struct, field

from chalicelib.domain.agency_words import Stands
from chalicelib.domain.calendar import CalendarDay
from chalicelib.domain.gates import Gates
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.name import Name as Name
from chalicelib.domain.reply_rules import ReplyRules
from chalicelib.domain.risk_words import Risk
from chalicelib.domain.security_contact import SecurityContact
from chalicelib.domain.signing import Signing
from chalicelib.domain.subject_list import Category as Category
from chalicelib.domain.subject_list import found_in
from chalicelib.domain.talk_hours import TalkHours
from chalicelib.domain.terms import Terms
from chalicelib.domain.words import Channel, Kind, Level, UnitClass

DISCIPLINE = "discipline"  # the function of the units of the discipline line
INSPECTION = "inspection"  # of the two general offices' inspection rooms (督查室)
LEVELS = (1, 2, 3)  # of supervision: the petition office, the inspection rooms, the discipline commission


class Area(Struct, frozen=True):
    """A place that units answer for. ``code`` is the administrative division's (GB/T 2260 shaped)."""

    code: str
    name: Name
    level: Level
    parent: str | None = None
    aliases: tuple[str, ...] = ()  # other names in letters: "城东", "东湖新区"


class Unit(Struct, frozen=True):
    """Whoever can be made responsible for a case."""

    id: str
    name: Name
    unit_class: UnitClass
    level: Level
    area: str  # code of the area it answers for
    functions: tuple[str, ...] = ()  # what it is competent for: "police", "urban_management"
    phone: str = ""
    aliases: tuple[str, ...] = ()  # names by which letters call it: "城管局", "城管"


class Mailbox(Struct, frozen=True):
    """An address to which a citizen may write, with its keeper's unit."""

    id: str
    name: Name
    about: Name
    kinds: tuple[Kind, ...]
    keeper: str  # id of the unit that keeps it
    leader: str | None = None  # login of the leader whose own mailbox it is


class Rule(Struct, frozen=True):
    """A hand-written rule, tried in order before the categories. Every condition that is set must hold."""

    id: str
    reason: Name  # why, in words, for the clerk and the record
    mailboxes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    areas: tuple[str, ...] = ()
    any_words: tuple[str, ...] = ()
    unit: str | None = None  # dispatch there; None with hold: leave it to the clerk
    category: str | None = None
    hold: bool = False  # leave it to the intake clerk, with the reason
    urgent: bool = False


class Endpoint(Struct, frozen=True):
    """Another agency that is told of public steps by webhook (Standard Webhooks)."""

    id: str
    name: Name
    url: str
    secret: str  # "whsec_…"
    enabled: bool = True
    agency: str | None = None  # id of the Agency that this is, if it refers petitions to us too
    warnings: bool = False  # it is told of every light, reminder and order too, also on sealed accusations
    about: str = ""  # what it is for, in the office's own words
    types: tuple[str, ...] = ()  # "case.replied": what it is told of; none chosen is all
    units: tuple[str, ...] = ()  # ids of those whose cases it is told of; none chosen is all
    thin: bool = False  # it is told by which numbers to look a step up, and no more
    older_secret: str = ""  # the one before, which signs too until ``older_until``
    older_until: datetime | None = None
    closed_at: datetime | None = None
    closed_why: str = ""  # "paused" by an administrator; "gone": it answered 410


class Agency(Struct, frozen=True):
    """Another agency that may refer petitions to us by a signed webhook; one that has a desk of this kind itself is
    told what becomes of them, and may be referred to.
    """

    id: str
    name: Name
    secret: str  # "whsec_…", by which it signs
    mailbox: str  # the mailbox its referrals go to
    level: Level = Level.CITY
    channel: Channel = Channel.AGENCY  # by which what it hands in came
    stands: Stands = Stands.ABOVE
    origin: str = ""  # where its own desk is, "https://…"; "" where it has none
    as_agency: str = ""  # the id under which that desk knows us
    secret_out: str = ""  # "whsec_…", by which we sign to it

    @property
    def has_desk(self) -> bool:
        """Whether there is a desk that we can write to."""
        return bool(self.origin and self.as_agency and self.secret_out)


class Application(Struct, frozen=True):
    """A program of others that may hand in submissions by Open311. Its key is kept nowhere, only the hash of it."""

    id: str
    name: Name
    key_hash: str  # SHA-256 of the key, which is random and long
    mailbox: str  # the mailbox that what it hands in goes to
    enabled: bool = True


class City(Struct, frozen=True):
    """Everything an office sets, at one version."""

    name: Name
    version: int
    areas: tuple[Area, ...]
    units: tuple[Unit, ...]
    mailboxes: tuple[Mailbox, ...]
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...]
    desk_unit: str  # the petition office's own unit id
    terms: Terms = field(default_factory=Terms)
    endpoints: tuple[Endpoint, ...] = ()
    agencies: tuple[Agency, ...] = ()
    days: tuple[CalendarDay, ...] = ()  # the office's own, on top of the State Council's calendar as it is packaged
    years: tuple[int, ...] = ()  # whose days the office has entered whole
    campaign_public: bool = True  # whether everybody may see how far the backlog is settled
    letterhead: Letterhead = Letterhead()  # of the papers that the office issues
    talk: TalkHours = TalkHours()  # 在线沟通: when the desk talks
    applications: tuple[Application, ...] = ()
    replies: ReplyRules = ReplyRules()  # 答复质量提示: what a reply is checked by
    risks: tuple[Risk, ...] = ()  # 风险: what is put before a person at once
    gazetteer: tuple[str, ...] = ()  # 地名: the keys of its parts, which stand apart (docs/decisions/0025)
    gates: Gates = Gates()  # how much anybody may ask for in a while
    security: SecurityContact = SecurityContact()  # 安全问题: whom to tell of a weakness of the desk
    signing: Signing = Signing()  # 登录: who needs a second step, and the city's own provider
    alias_letters: int = 3  # how many people's letters must agree before a name of a place is proposed

    def area(self, code: str | None) -> Area | None:
        """The area of ``code``, None if there is none."""
        return next((area for area in self.areas if area.code == code), None)

    def unit(self, unit_id: str | None) -> Unit | None:
        """The unit of ``unit_id``, None if there is none."""
        return next((unit for unit in self.units if unit.id == unit_id), None)

    @property
    def discipline_line(self) -> tuple[Unit, ...]:
        """纪检: the units that accusations go to, and none but these."""
        return tuple(unit for unit in self.units if DISCIPLINE in unit.functions)

    def supervised_by(self, level: int) -> tuple[Unit, ...]:
        """Whose an order of ``level`` is; the petition office's where the city has no unit for it."""
        function = {2: INSPECTION, 3: DISCIPLINE}.get(level)
        found = tuple(unit for unit in self.units if function in unit.functions)
        return found or tuple(unit for unit in self.units if unit.id == self.desk_unit)

    @property
    def offices(self) -> tuple[tuple[str, ...], ...]:
        """The ids of the offices that supervise, level by level."""
        return tuple(tuple(unit.id for unit in self.supervised_by(level)) for level in LEVELS)

    def level_of(self, unit_id: str | None) -> int:
        """The first level of supervision that is this unit's; 0 for a unit that has none."""
        return next((level for level, units in zip(LEVELS, self.offices, strict=True) if unit_id in units), 0)

    def mailbox(self, mailbox_id: str | None) -> Mailbox | None:
        """The mailbox of ``mailbox_id``, None if there is none."""
        return next((box for box in self.mailboxes if box.id == mailbox_id), None)

    def category(self, category_id: str | None) -> Category | None:
        """The subject of ``category_id`` at whatever level it stands, None if there is none."""
        return found_in(self.categories, category_id)

    def risk(self, risk_id: str) -> Risk | None:
        """The risk of ``risk_id``, None if there is none."""
        return next((risk for risk in self.risks if risk.id == risk_id), None)

    def endpoint(self, endpoint_id: str | None) -> Endpoint | None:
        """The endpoint of ``endpoint_id``, None if there is none."""
        return next((endpoint for endpoint in self.endpoints if endpoint.id == endpoint_id), None)

    def agency(self, agency_id: str) -> Agency | None:
        """The agency of ``agency_id``, None if there is none."""
        return next((agency for agency in self.agencies if agency.id == agency_id), None)

    @property
    def desks_to_refer_to(self) -> tuple[Agency, ...]:
        """The agencies whose desk a petition can be passed on to: any but those above."""
        return tuple(one for one in self.agencies if one.has_desk and one.stands is not Stands.ABOVE)

    def within(self, code: str, ancestor: str) -> bool:
        """Whether the area ``code`` is ``ancestor`` or lies in it."""
        area = self.area(code)
        while area is not None:
            if area.code == ancestor:
                return True
            area = self.area(area.parent)
        return False
