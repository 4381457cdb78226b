"""What a text message says: a number, a word that every dialogue knows, a receipt with its code, a name, a matter."""

import re
import unicodedata
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.fields import LONGEST
from chalicelib.domain.receipts import (
    CODE_LENGTH,
    RECEIPT_DIGITS,
    MisreadCode,
    MisreadReceipt,
    read_code,
    read_receipt,
)
from chalicelib.domain.words import Kind

KINDS = (Kind.APPEAL, Kind.ADVICE, Kind.CONSULTATION, Kind.THANKS, Kind.ACCUSATION)
"""In the order of their numbers."""

FEWEST_SIGNS, FEWEST_WORDS = 10, 5  # of what is a matter rather than a greeting
_MARKS = " \t\n.,。，、:：;；)）(（#＃!！\"'“”‘’"
_NUMERALS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_SIGN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_LABELS = re.compile(r"\b(?:RECEIPT|NUMBER|QUERY|CODE|AND|NO|IS)\b")
_AUTOMATIC = re.compile(
    r"自动回复|自动应答|正在开车|驾驶模式|稍后(?:与您|跟您|给您)?联系"
    r"|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office"
    r"|^\W{0,2}【[^】]{0,30}阳光信访】|^\[[^\]]{0,60} Sunlight\]",
    re.IGNORECASE,
)


class Word(StrEnum):
    """Words that mean the same wherever a dialogue stands."""

    OFF = "off"
    END = "end"
    HELP = "help"


_WORDS = {
    **dict.fromkeys(("stop", "unsubscribe", "退订", "t", "td", "n退订", "停止发送", "不要再发"), Word.OFF),
    **dict.fromkeys(("退出", "结束", "取消", "放弃", "不写了", "cancel", "quit", "end", "exit"), Word.END),
    **dict.fromkeys(("帮助", "求助", "菜单", "help", "menu", "?", ""), Word.HELP),
}


class Pair(Struct, frozen=True):
    """A receipt's number and the code that was sent with it; ``code`` "" where there was none."""

    number: str
    code: str


def word_in(said: str) -> Word | None:
    """The word that ``said`` is, None for anything else."""
    return _WORDS.get(unicodedata.normalize("NFKC", said).strip(_MARKS).casefold())


def number_in(said: str) -> int | None:
    """The number that ``said`` is, in whatever figures; None for anything else."""
    bare = unicodedata.normalize("NFKC", said).strip(_MARKS)
    if bare in _NUMERALS:
        return _NUMERALS[bare]
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 2 else None


def pair_in(said: str) -> Pair | None:
    """A receipt's number, and the code if there is one, in whatever words around; None without a number."""
    folded = _LABELS.sub(" ", unicodedata.normalize("NFKC", said).upper())
    bare = re.sub(r"[^0-9A-Z]", "", folded)
    if len(bare) not in (RECEIPT_DIGITS, RECEIPT_DIGITS + CODE_LENGTH):
        return None
    try:
        number = read_receipt(bare[:RECEIPT_DIGITS])
        return Pair(number, read_code(bare[RECEIPT_DIGITS:]) if len(bare) > RECEIPT_DIGITS else "")
    except (MisreadReceipt, MisreadCode):
        return None


def is_matter(said: str) -> bool:
    """Whether it is longer than a few words: then it tells what is wrong."""
    return len(_SIGN.findall(said)) >= FEWEST_SIGNS or len(_LATIN.findall(said)) >= FEWEST_WORDS


def is_name(said: str) -> bool:
    """Whether somebody may be called so."""
    return (
        any(char.isalpha() for char in said) and len(said) <= LONGEST["name"] and ("·" in said or not is_matter(said))
    )


def is_automatic(said: str) -> bool:
    """Whether a machine says it, or we did: what is answered to these is answered again for ever."""
    return _AUTOMATIC.search(said) is not None
