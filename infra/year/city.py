"""The city of the year: invented, but for its counties' names: three levels, and 1,020 mailboxes with their keepers."""

from collections.abc import Iterator
from functools import cache

from chalicelib.domain.city import Area, City, Mailbox, Name, Unit
from chalicelib.domain.reply_rules import ReplyRules
from chalicelib.domain.words import Kind, Level, UnitClass
from infra.year.marginals import DISTRICT

CITY_CODE = "990200"
DESK, SECRETARY = "petition-office", "secretary-office"
SECRETARY_BOX, MAYOR_BOX = "leader-secretary", "leader-mayor"
PLACES = {
    DISTRICT: "城区",
    "Dongyuan": "东源县",
    "Heping": "和平县",
    "Longchuan": "龙川县",
    "Zijin": "紫金县",
    "Lianping": "连平县",
}
TOWNS, VILLAGES = 10, 10  # of each place, of each town
KINDS = (Kind.APPEAL, Kind.ADVICE, Kind.CONSULTATION, Kind.THANKS)

_HEADS = [("柳", "Liu"), ("石", "Shi"), ("枫", "Feng"), ("溪", "Xi"), ("竹", "Zhu"), ("茶", "Cha"), ("荷", "He")]
_HEADS += [("松", "Song"), ("梅", "Mei"), ("泉", "Quan")]
_TAILS = [("坪", "ping"), ("岗", "gang"), ("塘", "tang"), ("洲", "zhou"), ("坝", "ba"), ("岭", "ling")]
_SECTIONS = [("综合", "General"), ("业务", "Services"), ("窗口", "Counter"), ("作风", "Conduct")]
_BUREAUS = [
    ("police", "公安局", "Public Security"),
    ("housing", "住建局", "Housing"),
    ("education", "教育局", "Education"),
    ("health", "卫健局", "Health"),
    ("labour", "人社局", "Human Resources"),
    ("transport", "交通局", "Transport"),
    ("farming", "农业农村局", "Agriculture"),
    ("land", "自然资源局", "Natural Resources"),
    ("environment", "生态环境局", "Environment"),
    ("management", "城管局", "Urban Management"),
]
_CITY_ONLY = [
    ("market", "市场监管局", "Market Supervision"),
    ("civil-affairs", "民政局", "Civil Affairs"),
    ("finance", "财政局", "Finance"),
    ("tax", "税务局", "Taxation"),
    ("water", "水务局", "Water Affairs"),
    ("forestry", "林业局", "Forestry"),
    ("culture", "文广旅体局", "Culture and Tourism"),
    ("medical-insurance", "医保局", "Medical Insurance"),
    ("veterans", "退役军人局", "Veterans Affairs"),
    ("emergency", "应急管理局", "Emergency Management"),
    ("justice", "司法局", "Justice"),
    ("industry", "工信局", "Industry"),
    ("development", "发改局", "Development and Reform"),
    ("commerce", "商务局", "Commerce"),
    ("statistics", "统计局", "Statistics"),
    ("audit", "审计局", "Audit"),
    ("data", "政务服务局", "Government Services"),
    ("fund", "住房公积金中心", "Housing Fund"),
    ("post", "邮政管理局", "Postal Administration"),
    ("fire", "消防支队", "Fire Brigade"),
    ("traffic-police", "交警支队", "Traffic Police"),
]
_UTILITIES = [
    ("power", "供电局", "Power Supply"),
    ("tap-water", "自来水公司", "Water Supply"),
    ("gas", "燃气公司", "Gas"),
    ("bus", "公交公司", "Buses"),
    ("telecom", "电信公司", "Telecom"),
]


NEVER = 101  # percent of likeness


@cache
def city_of_the_year() -> City:
    """The city as the desk keeps it."""
    return City(
        name=Name("河滨市", "Hebin City"),
        version=1,
        areas=tuple(_areas()),
        units=tuple(_units()),
        mailboxes=tuple(_mailboxes()),
        categories=(),
        rules=(),
        desk_unit=DESK,
        replies=ReplyRules(copied_from=NEVER),  # the replies of the year are made of few sentences, all of them alike
    )


def county_code(place: str) -> str:
    """The code of a county, or of the city's own district."""
    return f"9902{list(PLACES).index(place) + 1:02}"


def towns_of(place: str) -> list[str]:
    """The codes of its towns; each is also the last part of its unit's id."""
    return [f"{county_code(place)}{number:03}" for number in range(1, TOWNS + 1)]


def bureaus_of(place: str) -> list[str]:
    """The ids of the units that answer for the whole place, its own office first."""
    return [f"{place.lower()}-{bureau}" for bureau in ("office", *(one for one, _, _ in _BUREAUS))]


def departments() -> list[str]:
    """The ids of the city's units that handle letters: departments, then utilities."""
    return [one for one, _, _ in (*_BUREAUS, *_CITY_ONLY, *_UTILITIES)]


@cache
def boxes_of(unit: str) -> tuple[str, ...]:
    """The ids of the mailboxes that a unit keeps, but for leaders' own."""
    return tuple(box.id for box in city_of_the_year().mailboxes if box.keeper == unit and box.leader is None)


def _areas() -> Iterator[Area]:
    yield Area(CITY_CODE, Name("河滨市", "Hebin City"), Level.CITY)
    for place in PLACES:
        code = county_code(place)
        english = "City District" if place == DISTRICT else f"{place} County"
        yield Area(code, Name(PLACES[place], english), Level.COUNTY, CITY_CODE)
        for number, town in enumerate(towns_of(place)):
            yield Area(town, _town_name(place, number), Level.TOWNSHIP, code)


def _town_name(place: str, number: int) -> Name:
    (head, head_en), shift = _HEADS[number], list(PLACES).index(place)
    tail, tail_en = _TAILS[(number + shift) % len(_TAILS)]
    kind, kind_en = ("街道", "Subdistrict") if place == DISTRICT else ("镇", "Town")
    return Name(f"{head}{tail}{kind}", f"{head_en}{tail_en} {kind_en}")


def _units() -> Iterator[Unit]:
    def of_city(one: str, zh: str, en: str, kind: UnitClass) -> Unit:
        return Unit(one, Name(f"河滨市{zh}", f"Hebin {en}"), kind, Level.CITY, CITY_CODE)

    yield of_city(DESK, "信访局", "Letters and Visits Office", UnitClass.DESK)
    yield of_city(SECRETARY, "委书记办公室", "Party Secretary's Office", UnitClass.DEPARTMENT)
    for one, zh, en in (*_BUREAUS, *_CITY_ONLY):
        yield of_city(one, zh, en, UnitClass.DEPARTMENT)
    for one, zh, en in _UTILITIES:
        yield of_city(one, zh, en, UnitClass.UTILITY)
    for place, zh in PLACES.items():
        named = [("", "政府办公室", "Office"), *_BUREAUS]
        for unit, (_, bureau, en) in zip(bureaus_of(place), named, strict=True):
            yield Unit(unit, Name(zh + bureau, f"{place} {en}"), UnitClass.COUNTY, Level.COUNTY, county_code(place))
        for number, town in enumerate(towns_of(place)):
            name = _town_name(place, number)
            yield Unit(f"town-{town}", name, UnitClass.TOWNSHIP, Level.TOWNSHIP, town)


def _mailboxes() -> Iterator[Mailbox]:
    """The leaders' two and the desk's own, three of each department, four of each bureau, and of each town its own and
    its villages'. Names are short: all are one item of the table, which holds 400 KB at most.
    """
    yield _box(SECRETARY_BOX, "市委书记信箱", "Party Secretary", DESK, "shuji")
    yield _box(MAYOR_BOX, "市长信箱", "Mayor", DESK, "shizhang")
    yield from (
        _box(f"desk-{number}", f"市信访局{number}号信箱", f"Petitions {number}", DESK) for number in range(1, 5)
    )
    for unit in _units():
        if unit.level is Level.CITY and unit.id in departments():
            sections, zh = _SECTIONS[:3], unit.name.zh.removeprefix("河滨")
        elif unit.level is Level.COUNTY:
            sections = [("政府", "Government")] if unit.id.endswith("-office") else _SECTIONS
            zh = unit.name.zh
        else:
            continue
        for number, (section, section_en) in enumerate(sections, start=1):
            english = f"{unit.name.en.removeprefix('Hebin ')}, {section_en}"
            yield _box(f"{unit.id}-{number}", f"{zh}{section}信箱", english, unit.id)
    for unit in _units():
        if unit.level is Level.TOWNSHIP:
            yield _box(unit.id, f"{unit.name.zh}信箱", unit.name.en, unit.id)
            for number in range(1, VILLAGES + 1):
                english = f"{unit.name.en}, village {number}"
                yield _box(f"{unit.id}-{number}", f"{unit.name.zh}{number}村信箱", english, unit.id)


def _box(one: str, zh: str, en: str, keeper: str, leader: str | None = None) -> Mailbox:
    return Mailbox(one, Name(zh, en), Name("", ""), KINDS, keeper, leader)
