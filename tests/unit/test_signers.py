"""A joint letter: who signs it besides its representative, read line by line."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.people import Petitioner, Signer
from chalicelib.domain.signers import MOST_FAULTS, MOST_SIGNERS, read_signers
from chalicelib.domain.submission import content_of
from tests.unit.test_submission import read, refused

SHE = Petitioner("王秀英", "13800000000")
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)
PHONES = st.from_regex(r"1[0-9]{10}", fullmatch=True)


@dataclass
class Complaints:
    """What is said of a list, by its lines."""

    text: str

    @property
    def said(self) -> list[tuple[str, str]]:
        """The code of each complaint and the line it names."""
        return [(fault.code, dict(fault.params).get("line", "")) for fault in read_signers(self.text, SHE)[1]]


@pytest.mark.parametrize(
    ("line", "signer"),
    [
        ("张三 13912345678", Signer("张三", "13912345678")),
        ("张三13912345678", Signer("张三", "13912345678")),
        ("张三　１３９１２３４５６７８", Signer("张三", "13912345678")),
        ("3. 张三，139-1234-5678", Signer("张三", "13912345678")),
        ("（3）张三：(0999) 555 0000", Signer("张三", "09995550000")),
        ("12、欧阳修文", Signer("欧阳修文")),
        ("买买提·吐尔逊 +8613912345678", Signer("买买提·吐尔逊", "+8613912345678")),
        ("Anna Maria Schmidt", Signer("Anna Maria Schmidt")),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, signer: Signer) -> None:
    assert read_signers(line, SHE) == ((signer,), [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("13912345678", "signers.no_name"),
        ("……", "signers.no_name"),
        ("张三 123", "signers.phone"),
        ("张三 1391234567890123456", "signers.phone"),
        ("张三 139李四 138", "signers.malformed"),
        ("张三 13912345678 住三楼", "signers.malformed"),
        ("张" * 51, "signers.long_name"),
        ("王秀英", "signers.representative"),
        ("王 秀英 13800000000", "signers.representative"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_line(line: str, code: str) -> None:
    assert Complaints(f"李四\n\n{line}\n赵六 13911112222").said == [(code, "3")]


def test_nobody_signs_twice_unless_two_share_a_name_and_each_leaves_a_telephone() -> None:
    assert Complaints("张三\n李四\n张三").said == [("signers.repeated", "3")]
    assert Complaints("张三 13911112222\n张 三").said == [("signers.repeated", "2")]
    assert Complaints("张三 13911112222\n张三 13911112222").said == [("signers.repeated", "2")]
    assert Complaints("张三 13911112222\n张三 13911113333").said == []
    assert Complaints("王秀英 13911112222").said == []


def test_two_hundred_sign_and_no_more() -> None:
    signers = "\n".join(f"签名{chr(0x4E00 + number)}" for number in range(MOST_SIGNERS))
    assert len(read_signers(signers, SHE)[0]) == MOST_SIGNERS
    assert Complaints(f"{signers}\n再来一位").said == [("signers.too_many", "")]
    assert Complaints(" \n　\n").said == [("signers.none", "")]


def test_a_list_that_is_all_wrong_is_not_answered_with_a_wall_of_words() -> None:
    assert len(Complaints("1\n" * 100).said) == MOST_FAULTS


@given(st.text())
def test_whatever_comes_is_taken_or_complained_of(text: str) -> None:
    signers, faults = read_signers(text, SHE)
    assert signers or faults
    assert all(signer.name.strip() for signer in signers)


@given(st.dictionaries(NAMES, st.one_of(st.just(""), PHONES), min_size=1, max_size=30))
def test_everybody_who_signs_is_kept_in_order_with_the_telephone(people: dict[str, str]) -> None:
    people.pop(SHE.name, None)
    lines = "\n".join(f"{name} {phone}" for name, phone in people.items()) or "张三"
    expected = [Signer(name, phone) for name, phone in people.items()] or [Signer("张三")]
    assert read_signers(lines, SHE) == (tuple(expected), [])


def test_a_letter_is_joint_only_where_it_says_so() -> None:
    assert read(joint=True, signers="张三").petitioner.signers == (Signer("张三"),)
    assert read(joint=False, signers="张三").petitioner.signers == ()
    assert read().petitioner.signers == ()


def test_nobody_represents_others_without_a_name_or_without_them() -> None:
    assert refused(joint=True, signers="张三", anonymous=True) == {"joint": "signers.anonymous"}
    assert refused(joint=True) == {"signers": "signers.none"}


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (["张三"], "field.not_text"),
        ({"a": 1}, "field.not_text"),
        ("张三\x00", "field.control_characters"),
        ("张" * 20_001, "field.too_long"),
    ],
)
def test_what_is_no_list_is_refused_once(signers: object, code: str) -> None:
    assert refused(joint=True, signers=signers) == {"signers": code}


def test_the_same_key_with_other_signers_is_another_letter() -> None:
    one, other = (content_of(read(joint=True, signers=name)) for name in ("张三", "李四"))
    assert len({one, other, content_of(read())}) == 3
