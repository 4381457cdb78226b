"""Telephone numbers in a Chinese text."""

import re
from collections.abc import Iterator

from chalicelib.domain.reply_dates import Stretch

_TELEPHONE = re.compile(
    r"(?<![\d\-])(?:"
    r"1[3-9]\d[\s\-]?\d{4}[\s\-]?\d{4}"  # mobile
    r"|[(（]?0\d{2,3}[)）]?[\s\-—－–]{0,3}\d{7,8}(?:[\s\-—转]{1,3}\d{1,6})?"  # landline with its area
    r"|[2-8]\d{6,7}(?:[\s\-—转]{1,3}\d{1,6})?"  # landline
    r"|400[\s\-]?\d{3,4}[\s\-]?\d{3,4}|1[0-2]\d{3}|96\d{3,4}|95\d{3,4}|11[0249]|122"  # services
    r")(?!\d)"
)
_CALLED = re.compile(r"电话|热线|致电|拨打|来电|联系|咨询|座机|手机|分机|tel", re.IGNORECASE)
_NEAR = 24  # characters between a number and the word that says what it is


def telephones_in(text: str) -> Iterator[Stretch]:
    """Where a telephone number stands: one of the shape of a mobile or a landline with its area by itself, another
    only near a word that says so.
    """
    for found in _TELEPHONE.finditer(text):
        whole = len(re.sub(r"\D", "", found.group())) >= 10
        if whole or _CALLED.search(text, max(0, found.start() - _NEAR), found.start()):
            yield Stretch(*found.span())
