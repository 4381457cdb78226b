"""A citizen chooses by which ways she is told: when she files, and at any time later."""

from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.desk.vault import vault
from chalicelib.desk.working import masked
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Petitioner
from chalicelib.domain.ways import Way, left_by, read_ways
from chalicelib.storage.submissions import load_sealed_petitioner, rewrite


def left_at(receipt: str) -> tuple[tuple[Way, str], ...]:
    """By which ways the writer of a submission can be told, each with the address, masked."""
    petitioner = _petitioner(receipt)
    shown = masked(petitioner)
    addresses = {Way.SMS: shown.phone, Way.MAIL: shown.email}
    return tuple((way, addresses[way]) for way in left_by(petitioner))


def choose(receipt: str, raw: Mapping[str, object]) -> None:
    """Tell the writer of a submission by the ways that ``raw`` names, and by no other; said twice, it is said once.

    Raises Invalid naming the field, Changed when it was changed at that very moment.
    """
    reader = FieldReader(raw)
    chosen = read_ways(reader, left_by(_petitioner(receipt)), required=True)
    reader.raise_errors()
    rewrite(receipt, lambda submission: replace(submission, ways=chosen))


def _petitioner(receipt: str) -> Petitioner:
    sealed = load_sealed_petitioner(receipt)
    return vault().open_petitioner(sealed, receipt) if sealed is not None else Petitioner()
