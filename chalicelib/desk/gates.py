"""The gates of the public forms: the work that is asked for, and what each counts for."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.desk import limits, proving
from chalicelib.desk.submitting import Gate
from chalicelib.domain.gates import Purpose
from chalicelib.domain.submission import Form
from chalicelib.storage.counts import Count


def of_letter(raw: Mapping[str, object], address: str, at: datetime) -> Gate:
    """The gate of a letter that came from ``address`` by the form ``raw``. It raises ProofMissing, ProofStale."""

    def gate(form: Form) -> tuple[Count, ...]:
        proving.prove(Purpose.SUBMISSION, form.key, raw.get("proof"), at)
        return limits.of_letter(form.petitioner, address, at)

    return gate


def of_form(purpose: Purpose, raw: Mapping[str, object], at: datetime) -> Callable[[str], None]:
    """The gate of another public form: it takes the form's key. It raises ProofMissing, ProofStale."""
    return lambda key: proving.prove(purpose, key, raw.get("proof"), at)
