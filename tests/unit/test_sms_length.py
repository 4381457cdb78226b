"""How many characters an SMS has, and in how many parts it is paid."""

import pytest

from chalicelib.domain.sms_length import length_of


@pytest.mark.parametrize(
    ("text", "units", "parts", "per_part"),
    [
        ("", 0, 1, 160),
        ("a" * 160, 160, 1, 160),
        ("a" * 161, 161, 2, 153),
        ("€" * 80, 160, 1, 160),
        ("€" * 81, 162, 2, 153),
        ("信" * 70, 70, 1, 70),
        ("信" * 71, 71, 2, 67),
        ("信" * 134, 134, 2, 67),
        ("信" * 135, 135, 3, 67),
        ("a" * 69 + "信", 70, 1, 70),
        ("𠮷" * 35, 70, 1, 70),
        ("𠮷" * 36, 72, 2, 67),
        ("`", 1, 1, 70),
    ],
)
def test_a_text_is_counted_as_it_is_sent(text: str, units: int, parts: int, per_part: int) -> None:
    found = length_of(text)
    assert (found.units, found.parts, found.per_part) == (units, parts, per_part)
