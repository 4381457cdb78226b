"""Whatever does not fit together in what an office sets is found, and named."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain.city import Agency, Application, City, Name
from chalicelib.domain.city_faults import faults_of

BOX, LINE = default_city().mailboxes[0].id, Name("市政热线", "City hotline")
CITY = replace(
    default_city(),
    agencies=(Agency("hotline", LINE, "whsec_", BOX),),
    applications=(Application("hotline", LINE, "", BOX),),
)


def spoilt(**first: object) -> Callable[[str], City]:
    """The default city with the first of something changed."""

    def spoil(of: str) -> City:
        items = getattr(CITY, of)
        changed: dict[str, Any] = {of: (replace(items[0], **first), *items[1:])}
        return replace(CITY, **changed)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "of", "named"),
    [
        (spoilt(id=CITY.units[1].id), "units", f"{CITY.units[1].id} is there 2 times"),
        (spoilt(area="999999"), "units", "answers for 999999"),
        (spoilt(parent="999999"), "areas", "lies in 999999"),
        (spoilt(parent=CITY.areas[0].code), "areas", "within itself"),
        (spoilt(keeper="nobody"), "mailboxes", "kept by nobody"),
        (spoilt(words=("厕",)), "categories", "at least two characters"),
        (spoilt(function="magic"), "categories", "competent for magic"),
        (spoilt(unit="nobody"), "rules", "dispatches to nobody"),
        (spoilt(category="nothing"), "rules", "names nothing"),
        (spoilt(mailboxes=("none",)), "rules", "asks for none"),
        (spoilt(areas=("999999",)), "rules", "asks for 999999"),
        (spoilt(mailbox="none"), "agencies", "市政热线 hands in to none"),
        (spoilt(mailbox="none"), "applications", "市政热线 hands in to none"),
    ],
)
def test_a_fault_is_found_and_says_where_it_is(spoil: Callable[[str], City], of: str, named: str) -> None:
    faults = faults_of(spoil(of))
    assert [fault for fault in faults if fault.startswith(f"{of}: ") and named in fault], faults


def test_a_city_without_its_desk_or_without_mailboxes_is_none() -> None:
    assert any("desk" in fault for fault in faults_of(replace(CITY, desk_unit="nobody")))
    assert any("takes letters" in fault for fault in faults_of(replace(CITY, mailboxes=())))


def test_a_city_that_takes_accusations_has_a_discipline_line() -> None:
    without = replace(CITY, units=tuple(replace(unit, functions=("other",)) for unit in CITY.units))
    assert any("accusations" in fault for fault in faults_of(without))
