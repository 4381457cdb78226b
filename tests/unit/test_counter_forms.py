"""The counter's form: the web form's own checks, and what only telephone and paper have."""

from datetime import date

import pytest

from chalicelib.city import default_city
from chalicelib.domain.counter_forms import CHANNELS, Came, Heard, dialled, mailbox_for, read_counter, spellings
from chalicelib.domain.errors import Invalid
from chalicelib.domain.people import Petitioner, answered_by, masked_address, takes_sms
from chalicelib.domain.submission import content_of, read_form
from chalicelib.domain.words import AnswerBy, Channel
from chalicelib.entrypoints.console.multipart import fields_of, files_of, parts_of

TODAY = date(2026, 3, 2)
CITY = default_city()
CALL = {
    "key": "k" * 32,
    "channel": "phone",
    "kind": "appeal",
    "title": "路灯不亮",
    "text": "学士弄的路灯三天不亮了。",
    "name": "温素琴",
    "phone": "18800001234",
}


def read(**changes: str) -> Heard:
    return read_counter({**CALL, **changes}, CITY, TODAY, ())


def refused(**changes: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        read(**changes)
    return {error.field: error.code for error in caught.value.errors}


@pytest.mark.parametrize(
    "spelt",
    ["18800001234", "188 0000 1234", "188-0000-1234", "＋86 188 0000 1234", "１８８００００１２３４", "+8618800001234",
     "008618800001234", "8618800001234", "（188）0000–1234", "188.0000.1234", "188—0000—1234"],
)  # fmt: skip
def test_a_number_is_one_number_however_it_is_spelt(spelt: str) -> None:
    assert dialled(spelt) == "18800001234"
    assert read(phone=spelt).form.petitioner.phone == "18800001234"


@pytest.mark.parametrize(
    ("typed", "number"), [("0999-5551234", "09995551234"), ("+852 2345 6789", "+85223456789"), ("没有电话", "没有电话")]
)
def test_other_numbers_stay_what_they_are(typed: str, number: str) -> None:
    assert dialled(typed) == number


def test_a_number_that_the_page_kept_with_its_prefix_is_found_too() -> None:
    assert {"18800001234", "+8618800001234"} <= set(spellings("18800001234"))


@pytest.mark.parametrize(
    ("phone", "takes"),
    [
        ("13800000000", True),
        ("+8613800000000", True),
        ("8613800000000", True),
        ("+85261234567", True),
        ("", False),
        ("09995551234", False),
        ("5551234", False),
        ("4008001234", False),
        ("+869995551234", False),
    ],
)
def test_a_landline_takes_no_sms(phone: str, takes: bool) -> None:
    assert takes_sms(phone) is takes


@pytest.mark.parametrize(
    ("person", "way"),
    [
        (Petitioner("甲", "13800000000"), AnswerBy.NOTICE),
        (Petitioner("甲", "", "a@example.cn"), AnswerBy.NOTICE),
        (Petitioner("甲", "09995551234", "a@example.cn"), AnswerBy.NOTICE),
        (Petitioner("甲", "09995551234", address="云汀市"), AnswerBy.CALL),
        (Petitioner("甲", address="云汀市"), AnswerBy.POST),
        (Petitioner("甲", "13800000000", address="云汀市", answer_by=AnswerBy.POST), AnswerBy.POST),
        (Petitioner("甲", answer_by=AnswerBy.HAND), AnswerBy.HAND),
        (Petitioner("甲"), None),
        (Petitioner(), None),
    ],
)
def test_each_is_told_by_her_wish_else_by_what_she_left(person: Petitioner, way: AnswerBy | None) -> None:
    assert answered_by(person) is way


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"title": ""}, {"title": "field.empty"}),
        ({"text": "字" * 5001}, {"text": "field.too_long"}),
        ({"title": "控制\x07字符"}, {"title": "field.control_characters"}),
        ({"kind": "nonsense"}, {"kind": "field.unknown_choice"}),
        ({"kind": "accusation", "mailbox": "hotline"}, {"kind": "kind.not_here"}),
        ({"mailbox": "nowhere"}, {"mailbox": "mailbox.unknown"}),
        ({"area": "000000"}, {"area": "area.unknown"}),
        ({"name": ""}, {"name": "field.empty"}),
        ({"phone": "没有电话"}, {"phone": "phone.malformed"}),
        ({"email": "不是邮箱"}, {"email": "email.malformed"}),
        ({"happened_on": "2026-03-03"}, {"happened_on": "field.day_out_of_range"}),
        ({"key": "short"}, {"key": "field.malformed"}),
    ],
)
def test_what_the_web_form_refuses_is_refused_here_by_the_same_name(
    changes: dict[str, str], faults: dict[str, str]
) -> None:
    assert refused(**changes) == faults
    asked: dict[str, object] = {"mailbox": "petitions", **CALL, **changes}
    with pytest.raises(Invalid) as caught:
        read_form(asked, CITY, "zh", TODAY)
    assert {error.field: error.code for error in caught.value.errors} == faults


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"channel": "pigeon"}, {"channel": "field.unknown_choice"}),
        ({"channel": ""}, {"channel": "field.empty"}),
        ({"channel": "box"}, {"mailbox": "counter.no_leader"}),
        ({"channel": "box", "mailbox": "hotline"}, {"mailbox": "counter.no_leader"}),
        ({"phone": ""}, {"phone": "counter.contact_missing"}),
        ({"phone": "", "answer_by": "post"}, {"phone": "counter.contact_missing", "answer_by": "counter.no_address"}),
        ({"phone": "", "address": "云汀市", "answer_by": "call"}, {"answer_by": "counter.no_phone"}),
        ({"phone": "09995551234", "answer_by": "notice"}, {"answer_by": "counter.no_notice"}),
        ({"answer_by": "pigeon"}, {"answer_by": "field.unknown_choice"}),
        ({"address": "字" * 201}, {"address": "field.too_long"}),
        ({"language": "fr"}, {"language": "field.unknown_choice"}),
        ({"channel": "letter", "dated": "2026-03-03"}, {"dated": "field.day_out_of_range"}),
        ({"channel": "letter", "pages": "0"}, {"pages": "field.not_between"}),
        ({"channel": "letter", "pages": "二"}, {"pages": "field.not_between"}),
        ({"their_number": "信访〔2026〕8号"}, {"passed_by": "counter.passed_by_missing"}),
        ({"title": "", "channel": "box"}, {"mailbox": "counter.no_leader", "title": "field.empty"}),
    ],
)
def test_what_only_the_counter_asks_is_refused_by_its_field(changes: dict[str, str], faults: dict[str, str]) -> None:
    assert refused(**changes) == faults


def test_a_letter_on_paper_needs_an_address_alone_and_keeps_what_stands_on_it() -> None:
    heard = read(
        channel="letter", phone="", address="云汀市荻洲区学士弄17号", dated="2026-02-20", postmark="荻洲 2.21",
        pages="3", passed_by="省信访局", their_number="信访〔2026〕8号", their_deadline="30日内",
    )  # fmt: skip
    assert heard.channel is Channel.LETTER
    assert heard.form.petitioner.address == "云汀市荻洲区学士弄17号"
    marks = heard.form.marks
    assert marks is not None
    assert (marks.dated, marks.postmark, marks.pages) == (date(2026, 2, 20), "荻洲 2.21", 3)
    assert (marks.passed_by, marks.their_number, marks.their_deadline) == ("省信访局", "信访〔2026〕8号", "30日内")


def test_a_call_has_no_postmark_but_may_be_passed_down() -> None:
    assert read(postmark="荻洲", pages="3").form.marks is None
    marks = read(passed_by="省12345").form.marks
    assert marks is not None
    assert marks.passed_by == "省12345"


def test_who_comes_back_herself_need_leave_nothing() -> None:
    assert read(channel="visit", phone="", answer_by="hand").form.petitioner.answer_by is AnswerBy.HAND


@pytest.mark.parametrize(
    ("came", "kind", "box"),
    [
        (Came.PHONE, "appeal", "hotline"),
        (Came.PHONE, "accusation", "petitions"),
        (Came.VISIT, "appeal", "petitions"),
        (Came.LETTER, "advice", "petitions"),
    ],
)
def test_a_matter_goes_where_such_matters_belong(came: Came, kind: str, box: str) -> None:
    assert mailbox_for(came, kind, CITY) == box


def test_a_leaders_letter_goes_to_the_leaders_own_mailbox() -> None:
    heard = read(channel="box", mailbox="leader-mayor")
    assert (heard.channel, heard.form.mailbox) == (Channel.LETTER, "leader-mayor")


def test_every_way_to_the_counter_is_a_channel() -> None:
    assert set(CHANNELS) == set(Came)


def test_another_address_is_another_letter_and_a_web_letter_is_what_it_was() -> None:
    one, other = read(address="云汀市甲路1号").form, read(address="云汀市乙路1号").form
    assert content_of(one) != content_of(other)
    asked: dict[str, object] = {"mailbox": "hotline", **CALL}
    assert content_of(read_form(asked, CITY, "zh", TODAY)) == content_of(read().form)


@pytest.mark.parametrize("address", ["", "云", "云汀市荻洲区临江街道学士弄17号"])
def test_a_masked_address_tells_no_street(address: str) -> None:
    shown = masked_address(address)
    assert "学士弄" not in shown
    assert "17" not in shown
    assert shown != address or not address


# The form as it comes over the wire.

TYPE = "multipart/form-data; boundary=----b0"


def body(*parts: tuple[str, bytes]) -> bytes:
    pieces = (f"------b0\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return b"".join(pieces) + b"------b0--\r\n"


def named(name: str, filename: str | None = None, content_type: str = "image/png") -> str:
    line = f'Content-Disposition: form-data; name="{name}"'
    return line if filename is None else f'{line}; filename="{filename}"\r\nContent-Type: {content_type}'


def test_fields_and_files_are_told_apart_byte_for_byte() -> None:
    picture = b"\x89PNG\r\n\x1a\n--b0\r\n\r\n\x00\xff"
    raw = body(
        (named("text"), "第一行\r\n第二行㐂".encode()), (named("scan", "信.png"), picture), (named("scan", ""), b"")
    )
    assert fields_of(TYPE, raw) == {"text": "第一行\r\n第二行㐂"}
    [file] = files_of(TYPE, raw, "scan")
    assert (file.filename, file.content_type, file.content) == ("信.png", "image/png", picture)


def test_a_path_in_a_files_name_is_none() -> None:
    raw = body((named("scan", "..\\\\..\\\\C:/secret/信.png"), b"x"))
    assert files_of(TYPE, raw, "scan")[0].filename == "信.png"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"------b0",
        b"------b0\r\n",
        b"------b0--",
        body((named("a"), b"1"))[:-9],
        body(("no disposition", b"1")),
        body((named("a"), b"1")).replace(b"\r\n\r\n", b"\r\n"),
        b"\xff" * 100,
        body(*((named(f"f{number}"), b"") for number in range(2_000))),
    ],
)
def test_what_is_no_form_has_no_fields(raw: bytes) -> None:
    assert fields_of(TYPE, raw) == {}


@pytest.mark.parametrize("content_type", ["", "multipart/form-data", "multipart/form-data; boundary=", "text/plain"])
def test_a_form_without_its_boundary_has_no_parts(content_type: str) -> None:
    assert parts_of(content_type, body((named("a"), b"1"))) == []
