"""Receipt numbers read over a telephone, query codes typed from a slip of paper."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.receipts import (
    MisreadCode,
    MisreadReceipt,
    code_from,
    read_code,
    read_receipt,
    receipt_from,
    spoken,
)

digests = st.binary(min_size=32, max_size=32)
receipts = digests.map(receipt_from)
codes = digests.map(code_from)

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(digests)
def test_the_same_form_always_has_the_same_receipt_of_twelve_digits(digest: bytes) -> None:
    receipt = receipt_from(digest)
    assert receipt == receipt_from(digest)
    assert len(receipt) == 12
    assert receipt.isdigit()
    assert read_receipt(receipt) == receipt


def test_a_receipt_of_small_numbers_keeps_its_leading_noughts() -> None:
    assert receipt_from(bytes(32)) == "000000000000"
    assert receipt_from(bytes(7) + b"\x01" + bytes(24))[:11] == "00000000001"


@given(receipts, st.integers(0, 11), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(receipt: str, place: int, by: int) -> None:
    wrong = str((int(receipt[place]) + by) % 10)
    with pytest.raises(MisreadReceipt):
        read_receipt(receipt[:place] + wrong + receipt[place + 1 :])


@given(receipts, st.integers(0, 10))
def test_any_two_swapped_neighbours_are_noticed(receipt: str, place: int) -> None:
    one, other = receipt[place], receipt[place + 1]
    assume(one != other)
    with pytest.raises(MisreadReceipt):
        read_receipt(receipt[:place] + other + one + receipt[place + 2 :])


@given(receipts)
def test_a_receipt_is_taken_in_groups_with_hyphens_and_in_full_width(receipt: str) -> None:
    grouped = spoken(receipt)
    assert [len(group) for group in grouped.split(" ")] == [4, 4, 4]
    for typed in (
        grouped,
        f"  {grouped}\n",
        grouped.replace(" ", "-"),
        grouped.replace(" ", "－"),
        grouped.replace(" ", "\N{MINUS SIGN}"),
        grouped.replace(" ", "　"),
        receipt.translate(FULL_WIDTH),
        f"\N{ZERO WIDTH SPACE}{receipt}\N{LEFT-TO-RIGHT MARK}",
        receipt.replace("0", "O").replace("1", "l"),
        receipt.replace("0", "o").replace("1", "I"),
    ):
        assert read_receipt(typed) == receipt


@pytest.mark.parametrize(
    "typed", ["", "   ", "1", "0" * 11, "0" * 13, "一二三四五六七八九十一二", "²" * 11, "🙂" * 12, "\0" * 12]
)
def test_what_is_no_receipt_is_misread_not_an_error_of_ours(typed: str) -> None:
    with pytest.raises(MisreadReceipt):
        read_receipt(typed)


@given(digests)
def test_a_code_has_eight_characters_that_nobody_confuses(digest: bytes) -> None:
    code = code_from(digest)
    assert len(code) == 8
    assert not set(code) & set("ILOU")
    assert code == code.upper()
    assert read_code(code) == code


@given(digests, digests)
def test_codes_differ_where_forty_bits_of_their_digests_differ(one: bytes, other: bytes) -> None:
    assert (code_from(one) == code_from(other)) is (one[:5] == other[:5])


@given(codes)
def test_a_code_is_taken_in_lower_case_in_groups_and_with_look_alikes(code: str) -> None:
    grouped = spoken(code)
    assert len(grouped) == 9
    for typed in (
        grouped.lower(),
        grouped.replace(" ", "-"),
        f"\t{grouped}　",
        code.replace("0", "O").replace("1", "I"),
        code.lower().replace("0", "o").replace("1", "l"),
        "".join(chr(ord(char) + 0xFEE0) for char in code),
    ):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "K7QX2M9", "K7QX2M9PP", "K7QX2M9U", "K7QX2M9!", "领导信箱领导信箱"])
def test_what_is_no_code_is_misread(typed: str) -> None:
    with pytest.raises(MisreadCode):
        read_code(typed)


@given(st.text())
def test_whatever_is_typed_is_read_or_misread(typed: str) -> None:
    for read, misread in ((read_receipt, MisreadReceipt), (read_code, MisreadCode)):
        with suppress(misread):
            assert read(typed)
