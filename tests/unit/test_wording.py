"""The words of notices as data: what an office may write, and that nothing in it is acted upon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import LONGEST, NOTICES, SEALED, Words, filled, parts_of, read_words

SMS = "【{desk}】来信{receipt}已受理，不晚于{due}答复。"


def refused(notice: str, way: Way, **form: str) -> list[tuple[str, str]]:
    """Field and code of what is refused."""
    with pytest.raises(Invalid) as error:
        read_words(form, notice, way)
    return [(one.field, one.code) for one in error.value.errors]


def test_words_with_all_that_they_must_have_are_taken() -> None:
    assert read_words({"text": SMS}, "accepted", Way.SMS) == Words(SMS)
    mail = {"text": "不晚于{due}答复。\n\n请放心。", "subject": "已受理（{receipt}）"}
    assert read_words(mail, "accepted", Way.MAIL) == Words(mail["text"], mail["subject"])


@pytest.mark.parametrize(
    ("form", "field", "code"),
    [
        ({"text": ""}, "text", "field.empty"),
        ({"text": SMS.replace("{due}", "")}, "text", "wording.missing"),
        ({"text": SMS.replace("{desk}", "")}, "text", "wording.missing"),
        ({"text": SMS + "{name}"}, "text", "wording.unknown"),
        ({"text": SMS + "{title}"}, "text", "wording.unknown"),
        ({"text": SMS + "{desk.__class__}"}, "text", "wording.braces"),
        ({"text": SMS + "{{ 7 * 7 }}"}, "text", "wording.braces"),
        ({"text": SMS + "{% for x in y %}"}, "text", "wording.braces"),
        ({"text": SMS + "{due!r}"}, "text", "wording.braces"),
        ({"text": SMS + "{"}, "text", "wording.braces"),
        ({"text": SMS + "长" * LONGEST[Way.SMS]}, "text", "field.too_long"),
        ({"text": SMS + "\n第二行"}, "text", "field.control_characters"),
        ({"text": SMS + "\x00"}, "text", "field.control_characters"),
        ({"text": SMS + "\u202e"}, "text", "field.control_characters"),
        ({"text": SMS + "\u200b"}, "text", "field.control_characters"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_the_name_of_its_field(form: dict[str, str], field: str, code: str) -> None:
    assert refused("accepted", Way.SMS, **form) == [(field, code)]


def test_a_subject_has_the_number_and_nothing_of_the_matter() -> None:
    body = "不晚于{due}答复。"
    assert refused("accepted", Way.MAIL, text=body, subject="{title}") == [("subject", "wording.unknown")]
    assert refused("accepted", Way.MAIL, text=body, subject="a\r\nBcc: x@example.cn")[0][0] == "subject"


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("place", sorted({place for one in NOTICES.values() for place in one.places}))
def test_the_notice_of_a_sealed_matter_takes_no_place_that_tells_of_it(place: str, way: Way) -> None:
    text = f"【{{desk}}】来信{{receipt}}有新进展。{{{place}}}"
    if place in ("desk", "receipt", "track"):
        read_words({"text": text}, SEALED, way)
    else:
        assert refused(SEALED, way, text=text) == [("text", "wording.unknown")]


@pytest.mark.parametrize("word", ["举报", "检举", "控告", "accusation", "Whistleblower"])
def test_the_notice_of_a_sealed_matter_never_says_what_it_is(word: str) -> None:
    text = "【{desk}】您的来信{receipt}有新进展。"
    assert refused(SEALED, Way.SMS, text=text + word) == [("text", "wording.tells")]
    assert refused(SEALED, Way.MAIL, text=text, subject=word) == [("subject", "wording.tells")]


@given(st.text(), st.text())
def test_what_fills_a_place_is_not_looked_at_again(before: str, value: str) -> None:
    plain = before.replace("{", "").replace("}", "")
    places = {"unit": value + "{receipt}", "desk": "甲市", "receipt": "1"}
    assert filled(plain + "{unit}{desk}", places) == plain + value + "{receipt}甲市"


def test_a_text_with_a_place_that_stays_empty_is_not_filled() -> None:
    assert filled("{unit}{phone}", {"unit": "城管局", "phone": ""}) is None
    assert filled("{unit}", {}) is None


@pytest.mark.parametrize(
    "setting", ["", "quiet", "accepted", "accepted#zh", "accepted#fr#sms", "x#zh#sms", "accepted#zh#fax"]
)
def test_no_other_setting_is_one_of_a_notice(setting: str) -> None:
    with pytest.raises(Invalid):
        parts_of(setting)
