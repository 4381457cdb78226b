"""A form is read field by field: what cannot be taken is named, what can be is kept as it was meant."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.city import default_city
from chalicelib.domain.errors import Invalid
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.submission import MOST_UPLOADS, Form, content_of, day_in_shanghai, digest_of, read_form
from chalicelib.domain.ways import Way
from chalicelib.domain.words import Kind
from tests.unit.matter import MONDAY

CITY = default_city()
TODAY = date(2026, 3, 2)
OPEN_TO_ALL = next(box.id for box in CITY.mailboxes if {Kind.APPEAL, Kind.ADVICE, Kind.ACCUSATION} <= set(box.kinds))
ANOTHER = next(box.id for box in CITY.mailboxes if box.id != OPEN_TO_ALL and Kind.APPEAL in box.kinds)
FULL: dict[str, object] = {
    "key": "0123456789abcdef",
    "mailbox": OPEN_TO_ALL,
    "kind": "appeal",
    "title": "路灯不亮",
    "text": "巷口的路灯坏了一个星期，晚上看不见路。",
    "area": "",
    "place": "",
    "happened_on": "",
    "anonymous": False,
    "name": "王秀英",
    "phone": "13800000000",
    "email": "",
    "keep_name_from_unit": False,
    "may_publish": True,
    "uploads": [],
}
TEXTS = ("title", "text", "place", "name", "phone", "email", "area", "happened_on", "mailbox", "kind", "key")


def read(**changes: object) -> Form:
    """The form with ``changes``."""
    return read_form({**FULL, **changes}, CITY, "zh", TODAY)


def refused(**changes: object) -> dict[str, str]:
    """The fields that are refused, each with its reason."""
    with pytest.raises(Invalid) as error:
        read(**changes)
    return {complaint.field: complaint.code for complaint in error.value.errors}


def test_a_full_form_is_taken() -> None:
    form = read(place="第三小学门口", happened_on="2026-02-28", area=CITY.areas[1].code)
    assert (form.mailbox, form.kind, form.title) == (OPEN_TO_ALL, Kind.APPEAL, "路灯不亮")
    assert form.happened_on == date(2026, 2, 28)
    assert form.area == CITY.areas[1].code


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert set(refused(title="", text=None, phone="abc", happened_on="gestern", kind="war", uploads="x")) == {
        "title",
        "text",
        "phone",
        "happened_on",
        "kind",
        "uploads",
    }


@pytest.mark.parametrize("field", ["title", "text", "name", "mailbox", "kind", "key"])
@pytest.mark.parametrize("value", ["", "   ", "\n", "　", None])
def test_what_must_be_said_must_be_said(field: str, value: object) -> None:
    assert field in refused(**{field: value})


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", [5, 1.5, 10**400, float("inf"), float("nan"), True, [], ["a"], {}, {"a": "b"}])
def test_a_text_is_a_text(field: str, value: object) -> None:
    assert field in refused(**{field: value})


@pytest.mark.parametrize("field", ["anonymous", "keep_name_from_unit", "may_publish"])
@pytest.mark.parametrize("value", ["true", "no", 0, 1, None, [], {}])
def test_a_yes_or_no_is_yes_or_no(field: str, value: object) -> None:
    assert refused(**{field: value})[field] == "field.not_flag"


@pytest.mark.parametrize("value", ["x", 5, {}, None, [1], [None], [[]], ["a", {}]])
def test_uploads_are_a_list_of_tickets(value: object) -> None:
    assert refused(uploads=value)["uploads"] == "field.not_list"


def test_no_more_files_than_the_desk_takes() -> None:
    assert read(uploads=["t"] * MOST_UPLOADS).uploads == ("t",) * MOST_UPLOADS
    assert refused(uploads=["t"] * (MOST_UPLOADS + 1)) == {"uploads": "field.too_many"}


@pytest.mark.parametrize("field", ["title", "text", "place", "name"])
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(field: str) -> None:
    assert getattr(read(**{field: "长" * LONGEST[field]}), field, "长")
    assert refused(**{field: "长" * (LONGEST[field] + 1)}) == {field: "field.too_long"}


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize("field", ["title", "text", "place", "name"])
def test_control_characters_and_broken_ones_are_refused_by_field(field: str, hidden: str) -> None:
    assert refused(**{field: f"路{hidden}灯"}) == {field: "field.control_characters"}


def test_line_breaks_belong_into_the_text_and_not_into_the_title() -> None:
    assert read(text="第一行\r\n第二行\r第三行\t完").text == "第一行\n第二行\n第三行\t完"
    assert "title" in refused(title="第一行\n第二行")


@pytest.mark.parametrize(
    "rare", ["㐂村的𠮷先生", "😀🏚️👨‍👩‍👧", "<script>alert(1)</script>", "'; DROP TABLE 信访; --", "{{7*7}}", "ไทย عربى"]
)
def test_rare_characters_and_script_are_words_like_any_others(rare: str) -> None:
    form = read(title=rare, text=rare, place=rare, name=rare)
    assert form.title == form.text == form.place == form.petitioner.name == unicodedata.normalize("NFC", rare)


@pytest.mark.parametrize("mailbox", ["nobody", OPEN_TO_ALL.upper(), f"{OPEN_TO_ALL}' --", f"../{OPEN_TO_ALL}", "信箱"])
def test_an_unknown_mailbox_is_named(mailbox: str) -> None:
    assert refused(mailbox=mailbox) == {"mailbox": "mailbox.unknown"}


def test_an_accusation_goes_only_where_accusations_are_taken() -> None:
    takes = {box.id for box in CITY.mailboxes if Kind.ACCUSATION in box.kinds}
    assert takes
    assert takes != {box.id for box in CITY.mailboxes}
    for box in CITY.mailboxes:
        if box.id in takes:
            assert read(mailbox=box.id, kind="accusation").kind is Kind.ACCUSATION
        else:
            assert refused(mailbox=box.id, kind="accusation") == {"kind": "kind.not_here"}


def test_an_accusation_is_never_published_whatever_was_ticked() -> None:
    assert not read(kind="accusation", may_publish=True).may_publish
    assert read(may_publish=True).may_publish


def test_an_unknown_area_is_named_and_none_is_none() -> None:
    assert refused(area="000000") == {"area": "area.unknown"}
    assert read(area="").area is None


@pytest.mark.parametrize(
    "value",
    [
        "gestern",
        "2026-02-30",
        "2026-13-01",
        "26-02-01",
        "2026/02/01",
        "20260201",
        "2026-W09-1",
        "２０２６-02-01",
        "2026-2-1",
    ],
)
def test_a_day_is_written_year_month_day(value: str) -> None:
    assert set(refused(happened_on=value)) == {"happened_on"}


def test_a_day_is_not_tomorrow_and_not_in_another_century() -> None:
    assert read(happened_on=TODAY.isoformat()).happened_on == TODAY
    for day in (TODAY + timedelta(days=1), date(1899, 12, 31), date(9999, 12, 31), date(1, 1, 1)):
        assert refused(happened_on=day.isoformat()) == {"happened_on": "field.day_out_of_range"}


def test_today_is_todays_day_in_shanghai() -> None:
    assert day_in_shanghai(MONDAY.replace(hour=15, minute=59)) == date(2026, 3, 2)
    assert day_in_shanghai(MONDAY.replace(hour=16)) == date(2026, 3, 3)


def test_who_gives_a_name_gives_one_way_to_be_reached() -> None:
    assert refused(phone="") == {"phone": "contact.missing"}
    assert read(phone="", email="wang@example.cn").petitioner.email == "wang@example.cn"


def test_who_stays_anonymous_gives_no_name_and_may_leave_a_number() -> None:
    form = read(anonymous=True, name="王秀英", phone="")
    assert (form.petitioner.name, form.petitioner.phone) == ("", "")
    assert read(anonymous=True).petitioner.phone == "13800000000"


@pytest.mark.parametrize(
    "phone", ["abc", "123", "138 0000 0000 0000 0000", "+", "138-0000-000a", "１３８００００００００", "1" * 31]
)
def test_a_telephone_number_is_digits(phone: str) -> None:
    assert set(refused(phone=phone)) == {"phone"}


@pytest.mark.parametrize("phone", ["138 0000 0000", "138-0000-0000", "(0999) 5550100", "+8613800000000"])
def test_a_telephone_number_is_taken_as_people_write_it(phone: str) -> None:
    assert read(phone=phone).petitioner.phone.removeprefix("+").isdigit()


@pytest.mark.parametrize(
    "email", ["wang", "wang@", "@example.cn", "a b@example.cn", "a@b", "a@b.c\nBcc: x@y.z", "x@y.z" * 60]
)
def test_an_address_that_cannot_be_one_is_named(email: str) -> None:
    assert set(refused(email=email)) == {"email"}


@pytest.mark.parametrize(
    "key", ["short", "x" * 65, "0123456789abcde/", "0123456789 abcdef", "𠮷" * 16, "0123456789abcdef\n0"]
)
def test_the_forms_key_has_its_shape(key: str) -> None:
    assert set(refused(key=key)) == {"key"}


def test_an_empty_form_names_every_field_that_must_be_there() -> None:
    with pytest.raises(Invalid) as error:
        read_form({}, CITY, "zh", TODAY)
    named = {complaint.field for complaint in error.value.errors}
    assert {"key", "mailbox", "kind", "title", "text", "name"} <= named


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*FULL, "extra"]), ANYTHING, max_size=6))
def test_whatever_comes_is_a_form_or_is_refused_by_field(changes: dict[str, object]) -> None:
    form, complaints = None, []
    try:
        form = read(**changes)
    except Invalid as error:
        complaints = error.errors
    assert all(complaint.field in FULL for complaint in complaints)
    assert (form is None) == bool(complaints)
    if form is not None:
        form.text.encode()
        assert form.title
        assert len(form.title) <= LONGEST["title"]


def test_who_chooses_how_to_be_told_chooses_among_the_ways_that_were_left() -> None:
    assert [read(**{"ways": ways}).ways for ways in (None, [], ["sms"])] == [None, (), (Way.SMS,)]
    assert refused(ways=["mail"]) == {"ways": "ways.no_email"}
    assert refused(ways=["pigeon"]) == {"ways": "field.unknown_choice"}


def test_the_same_words_have_the_same_fingerprint_whatever_the_key_and_the_tickets() -> None:
    one = content_of(read(uploads=["a"]))
    assert content_of(read(key="f" * 32, uploads=["b"])) == one
    assert content_of(read(uploads=[])) != one


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "别的"),
        ("text", "别的"),
        ("place", "别处"),
        ("mailbox", ANOTHER),
        ("kind", "advice"),
        ("name", "李四"),
        ("phone", "13900000000"),
        ("email", "a@b.cn"),
        ("happened_on", "2026-01-01"),
        ("anonymous", True),
        ("may_publish", False),
        ("keep_name_from_unit", True),
        ("ways", ["sms"]),
        ("ways", []),
    ],
)
def test_any_other_word_gives_another_fingerprint(field: str, value: object) -> None:
    assert content_of(read(**{field: value})) != content_of(read())


def test_words_do_not_slide_from_one_field_into_the_next() -> None:
    assert content_of(read(title="甲乙", text="丙")) != content_of(read(title="甲", text="乙丙"))


def test_a_digest_says_nothing_without_its_salt() -> None:
    assert digest_of("路灯不亮", "salt") == digest_of("路灯不亮", "salt") != digest_of("路灯不亮", "other")
