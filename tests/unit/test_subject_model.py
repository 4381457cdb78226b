"""A learnt model reads any letter, says how sure it is and by which words, and takes no file that is not whole."""

import struct
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import subject_grams
from chalicelib.domain.model_card import Card
from chalicelib.domain.subject_file import MARK, VERSION, Head, pack
from chalicelib.domain.subject_grams import PAIRS, PARTS, buckets, read
from chalicelib.domain.subject_model import NotAModel, SubjectModel, read_model

BITS = 12
LABELS = ("供水", "道路", "教育")
WORDS = (("停水", "自来水"), ("路灯", "路面"), ("学校", "老师"))
MADE_AT = datetime(2026, 5, 1, tzinfo=UTC)


def table() -> bytes:
    """The pairs of WORDS are common and speak for their label; all others are rare and say nothing."""
    rarities = bytearray([120]) * (1 << BITS)
    rows = [bytearray(1 << BITS) for _ in LABELS]
    for row, words in zip(rows, WORDS, strict=True):
        for word in words:
            for place in buckets(word, PAIRS, BITS):
                row[place], rarities[place] = 100, 40
    return bytes(rarities) + b"".join(bytes(row) for row in rows)


def head(**changes: object) -> Head:
    card = Card(LABELS, 120, MADE_AT, 0.9, 0.95, 0.96, "f00d")
    made = Head(card, BITS, (0.2, 0.2, 0.2), (0.0, 0.0, 0.1), (0.5,) * len(PARTS), (1.0, 0.0))
    return replace(made, **changes)


def data() -> bytes:
    return pack(head(), table())


@pytest.fixture(scope="module")
def model() -> SubjectModel:
    return read_model(data())


def summed(body: bytes) -> bytes:
    """``body`` with the check sum that belongs to it."""
    return body + struct.pack("<I", zlib.crc32(body))


def test_the_card_says_what_the_model_was_trained_on(model: SubjectModel) -> None:
    assert model.card.labels == LABELS
    assert model.card.made_at == MADE_AT
    assert model.card.sure_from == 0.9


def test_a_letter_is_judged_by_its_words_and_they_are_told(model: SubjectModel) -> None:
    opinion = model.opinion("小区停水三天", "我们这里自来水一直没有，请尽快处理。")
    assert opinion.guesses[0].label == "供水"
    assert len(opinion.guesses) == 3
    assert any("停水" in word for word in opinion.words)
    assert any("来水" in word for word in opinion.words)
    assert all(word in "小区停水三天，我们这里自来水一直没有，请尽快处理。" for word in opinion.words)


def test_the_words_are_told_as_the_citizen_wrote_them() -> None:
    marked = bytearray(table())
    for place in buckets("wifi", PAIRS, BITS):
        marked[place], marked[(3 << BITS) + place] = 40, 100
    opinion = read_model(pack(head(), bytes(marked))).opinion("", "学校的 WiFi 坏了")
    assert opinion.guesses[0].label == "教育"
    assert any("WiFi" in word for word in opinion.words)


def test_words_of_the_second_label_are_not_told_for_the_best(model: SubjectModel) -> None:
    opinion = model.opinion("路灯不亮", "路灯不亮，路面不平，学校")
    assert opinion.guesses[0].label == "道路"
    assert "学校" not in opinion.words


@pytest.mark.parametrize(
    ("title", "text"), [("", ""), (" \n", "\t"), ("😀", "\ud800"), ("123", "１２３。，"), ("停水", "")]
)
def test_a_letter_with_few_words_or_none_still_gets_an_opinion(model: SubjectModel, title: str, text: str) -> None:
    assert len(model.opinion(title, text).guesses) == 3


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=400))
def test_any_text_gives_likelihoods_in_falling_order(title: str, text: str) -> None:
    model = read_model(data())
    opinion = model.opinion(title, text)
    shares = [guess.confidence for guess in opinion.guesses]
    assert shares == sorted(shares, reverse=True)
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert len({guess.label for guess in opinion.guesses}) == 3
    assert len(opinion.words) <= 5
    assert all(2 <= len(word) <= 6 and word in f"{title}\n{text}" for word in opinion.words)
    assert model.opinion(title, text) == opinion


def test_a_letter_without_end_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch, model: SubjectModel) -> None:
    hashed: list[int] = []
    once = subject_grams.buckets

    def counting(text: str, part: subject_grams.Part, bits: int) -> list[int]:
        hashed.append(len(text))
        return once(text, part, bits)

    monkeypatch.setattr(subject_grams, "buckets", counting)
    model.opinion("停水" * 50_000, "\ufdfa停 水 12" * 20_000)
    bound = len(PARTS) * subject_grams.LONGEST_TITLE + 3 * subject_grams.LONGEST_BODY
    assert 0 < sum(hashed) <= bound


def test_width_case_numbers_and_spaces_make_no_difference() -> None:
    assert read("ＡＢ　停 水", "12号楼") == read("ab停水", "7号楼")


def test_a_rare_sign_does_not_shift_what_stands_behind_it(model: SubjectModel) -> None:
    assert model.opinion("", "😀😀😀停水").words == ("停水",)


@pytest.mark.parametrize("cut", [0, 1, 7, 11, 40, 300, -1, -4, -400])
def test_a_file_that_was_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(NotAModel):
        read_model(data()[:cut])


@pytest.mark.parametrize("at", [12, 60, 2000, -1, -5])
def test_a_file_with_one_byte_changed_is_refused(at: int) -> None:
    changed = bytearray(data())
    changed[at] ^= 1
    with pytest.raises(NotAModel, match="damaged"):
        read_model(bytes(changed))


def test_a_foreign_file_and_a_newer_one_are_told_apart() -> None:
    with pytest.raises(NotAModel, match="not a subject model"):
        read_model(b"PK\x03\x04" + bytes(100))
    newer = MARK + bytes([VERSION + 1]) + data()[len(MARK) + 1 :]
    with pytest.raises(NotAModel, match=f"version {VERSION + 1}"):
        read_model(newer)


@pytest.mark.parametrize("written", [b"{}", b"[1]", b"\xff\xfe", b'{"card": {"labels": 3}}'])
def test_a_head_that_says_nothing_is_refused(written: bytes) -> None:
    with pytest.raises(NotAModel, match="head"):
        read_model(summed(struct.pack("<7sBI", MARK, VERSION, len(written)) + written + table()))


def test_a_head_longer_than_the_file_is_refused() -> None:
    with pytest.raises(NotAModel, match="cut short"):
        read_model(summed(struct.pack("<7sBI", MARK, VERSION, 2**32 - 1)))


@pytest.mark.parametrize(
    "changes",
    [
        {"bits": BITS + 1},
        {"bits": 60},
        {"bits": -1},
        {"scales": (1.0,)},
        {"starts": (0.0, 0.0)},
        {"shares": (1.0,)},
        {"scales": (1e300, 1.0, 1.0)},
        {"starts": (float("nan"), 0.0, 0.0)},
        {"trust": (-1.0, 0.0)},
        {"card": Card(("供水", "供水", "教育"), 1, MADE_AT, 0.9, 0.9, 0.9, "")},
        {"card": Card(("供水", "", "教育"), 1, MADE_AT, 0.9, 0.9, 0.9, "")},
        {"card": Card(LABELS, 1, MADE_AT.replace(tzinfo=None), 0.9, 0.9, 0.9, "")},
        {"card": Card(LABELS, 1, MADE_AT, 9.0, 0.9, 0.9, "")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_head_that_contradicts_itself_is_neither_written_nor_read(changes: dict[str, object]) -> None:
    with pytest.raises(NotAModel):
        pack(head(**changes), table())
