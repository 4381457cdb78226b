"""Days and terms in a Chinese text: what tells when."""

import re
from datetime import date

from msgspec import Struct

_DIGITS = "[0-9０-９一二三四五六七八九十两〇零百]"
_DAYS = re.compile(
    r"(?:19|20)\d\d\s?年\s?\d{1,2}(?:\s?月(?:\s?\d{1,2}\s?[日号]?)?)?"
    r"|(?:19|20)\d\d([./-])\d{1,2}\1\d{1,2}(?!\d)"
    rf"|{_DIGITS}{{1,4}}年(?:{_DIGITS}{{1,2}}月|底|末|初|中|内|上半年|下半年|春|夏|秋|冬|前|之前)"
    rf"|{_DIGITS}{{1,3}}月(?:{_DIGITS}{{1,3}}[日号]|底|末|初|中旬|上旬|下旬|份|前|内|之前)"
    r"|\d{1,2}\.\d{1,2}日?前|20\d\d年度?|[二两〇零一三四五六七八九]{4}年|元月|[上中下]旬|年内"
    r"|(?:今|明|后|本|次|当)(?:年|月|日|天|周|季度)(?:底|末|初|内|中|上半年|下半年|之内|前)?"
    r"|(?:上|下|这|本|每)(?:个)?(?:周|星期|月|季度|半年)[一二三四五六日天]?(?:内|底|前)?"
    rf"|{_DIGITS}{{1,4}}(?:个)?(?:工作日|自然日|日|天|周|星期|月|季度|小时|年)(?:之内|以内|内|左右|前|后|之后|起)?"
    r"|[一二三四第]{1,2}季度|半(?:个)?[月年]|年[底内末初]前?|月[底内末]前?|周内|春节|国庆|元旦|开学|汛期|暑假|寒假|节[前后]|学期"
)
_STAMP = re.compile(
    r"(?:\d{2,4}|[二〇○零一两三四五六七八九]{2,4})\s?[年.\-/]\s?[\d一二三四五六七八九十]{1,3}\s?[月.\-/]"
    r"\s?[\d一二三四五六七八九十]{1,3}\s?[日号]?\s*[。.]?\s*$"
)


class Stretch(Struct, frozen=True):
    """A part of a text, by its characters."""

    start: int
    end: int


def without_stamp(text: str) -> str:
    """The text without the day at its end, on which it was signed: it tells nothing of the matter."""
    tail = text[-40:]
    return text[: len(text) - len(tail)] + _STAMP.sub("", tail)


def days_in(text: str) -> tuple[Stretch, ...]:
    """Where a day or a term stands; the day of signing is none. Time grows with the text."""
    return tuple(Stretch(*found.span()) for found in _DAYS.finditer(without_stamp(text)))


_PAST = re.compile(r"去年|前年|当[年日天月]|[上每]个?(?:周|星期|月|季度|半年)")
_YEAR_AND_MONTH = re.compile(r"(\d{4})\D{0,2}(?:(\d{1,2})(?!\d))?")


def tells_when(words: str, on: date) -> bool:
    """Whether a day or a term, as it stands in a text written ``on`` that day, may be one to come."""
    found = _YEAR_AND_MONTH.match(words)
    if found is None:
        return _PAST.match(words) is None
    year, month = int(found[1]), int(found[2] or 12)
    return (year, month) >= (on.year, on.month)
