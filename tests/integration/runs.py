"""Builders: a small city whose units' ledgers of March are written, fact by fact."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.case import Case
from chalicelib.domain.city import City, Mailbox, Name
from chalicelib.domain.facts import About, Entry
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Channel, Kind, Role, Satisfaction, Solved, State
from chalicelib.storage.facts import ledger_item
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import case_item
from tests.unit.matter import Matter

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
BEGUN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COUNTED_AT = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
CONTEST_OVER = datetime(2026, 4, 11, 16, 0, tzinfo=UTC)  # the end, in Shanghai, of the tenth day after the first
SUPERVISOR = Staff("supervisor", "严督", Role.SUPERVISOR, "petition-office")
LEADER = Staff("leader", "高远", Role.LEADER, None, ("leader-mayor",), "市长")


def small(city: City, units: int = 5) -> City:
    """The city with so few units that are ranked, and with its first mailboxes; in force."""
    ranked = [unit for unit in city.units if unit.unit_class == "department"][:units]
    return cities.use(replace(city, version=city.version + 1, units=(city.units[0], *ranked)))


def big(city: City, units: int) -> City:
    """The city with so many units and mailboxes; in force."""
    model, desk = city.units[1], city.units[0]
    many = tuple(replace(model, id=f"unit-{n:04}", name=Name(f"第{n}单位", f"Unit {n}")) for n in range(units))
    boxes = tuple(
        Mailbox(f"box-{n:04}", Name(f"第{n}信箱", f"Mailbox {n}"), Name("", ""), (Kind.APPEAL,), f"unit-{n:04}")
        for n in range(units)
    )
    return cities.use(replace(city, version=city.version + 1, units=(desk, *many), mailboxes=boxes))


def head_of(unit: str) -> Staff:
    """The head of a unit."""
    return Staff(f"head-{unit}", "刘平", Role.HEAD, unit)


def case(number: int) -> str:
    """A case's number."""
    return f"{number:012}"


def solved(case_id: str, late: bool = False) -> tuple[Fact, ...]:
    """A matter dispatched, signed for, answered and rated within the month."""
    answered = BEGUN + timedelta(days=9 if late else 2)
    return (
        Fact(FactKind.RECEIVED, case_id, case_id, BEGUN),
        Fact(FactKind.SIGNED, case_id, "", BEGUN + timedelta(hours=2), in_time=True),
        *((Fact(FactKind.DUE, case_id, case_id, BEGUN + timedelta(days=7), in_time=False),) if late else ()),
        Fact(FactKind.REPLIED, case_id, case_id, answered, in_time=not late),
        Fact(
            FactKind.RATED,
            case_id,
            case_id,
            answered + timedelta(days=1),
            solved=Solved.NO if late else Solved.YES,
            satisfaction=Satisfaction.NOT if late else Satisfaction.SATISFIED,
        ),
    )


def tell(
    unit: str,
    case_id: str,
    facts: Iterable[Fact],
    mailbox: str = "petitions",
    month: date = MARCH,
    sealed: bool = False,
) -> None:
    """Write what a unit's month says of a case."""
    about = About(Kind.APPEAL, Channel.WEB, mailbox, sealed=sealed)
    ledger_item(Entry(unit, month, case_id, about, tuple(facts))).save()


def tell_many(entries: Iterable[Entry]) -> None:
    """Write many at once."""
    with DeskItem.batch_write() as batch:
        for entry in entries:
            batch.save(ledger_item(entry))


def month_of_all(city: City, each: int = 6) -> list[str]:
    """Every ranked unit of a small city has so many matters, the more of them late the later it stands in the list."""
    units = [unit.id for unit in city.units[1:]]
    for place, unit in enumerate(units):
        for number in range(each):
            case_id = case(1000 * (place + 1) + number)
            tell(
                unit,
                case_id,
                solved(case_id, late=number < place),
                ("petitions", "hotline", "leader-mayor")[number % 3],
            )
    return units


def on_record(case_id: str, **changes: object) -> Case:
    """The case behind a ledger's facts."""
    made = replace(Matter().at(State.REPLIED).case, case_id=case_id, **changes)
    case_item(made, made.moved_at).save()
    return made
