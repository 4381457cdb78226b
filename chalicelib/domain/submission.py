"""A submission (来信): one citizen speaking once. Read from what came over the wire, field by field."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.paper_marks import PaperMarks
from chalicelib.domain.people import Petitioner, Signer
from chalicelib.domain.signers import LONGEST_LIST, PHONE, read_signers
from chalicelib.domain.words import Channel, Kind

LONGEST = {
    "title": 100,
    "text": 5_000,
    "place": 200,
    "name": 50,
    "email": 200,
    "phone": 20,
    "words": 1_000,
    "reason": 1_000,
}
MOST_UPLOADS = 5
_KEY = re.compile(r"[0-9A-Za-z_-]{16,64}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KEPT_CONTROLS = "\n\t"
Choice = TypeVar("Choice", bound=StrEnum)


class Form(Struct, frozen=True):
    """What the citizen wrote, checked. ``uploads`` are the tickets as they came, still to be opened."""

    key: str
    mailbox: str
    kind: Kind
    title: str
    text: str
    area: str | None
    place: str
    happened_on: date | None
    anonymous: bool
    petitioner: Petitioner
    keep_name_from_unit: bool
    may_publish: bool
    uploads: tuple[str, ...]
    language: str
    marks: PaperMarks | None = None


class Attachment(Struct, frozen=True):
    """A file that came with a submission; ``object_key`` is where it waits to be checked."""

    name: str
    content_type: str
    size: int  # bytes
    object_key: str


class Erasure(Struct, frozen=True):
    """What the citizen wrote was erased at her request; until it is ``done``, files and texts are being removed."""

    at: datetime
    done: bool


class Submission(Struct, frozen=True, omit_defaults=True):
    """A submission as the desk keeps it, without who wrote it."""

    receipt: str
    case_id: str
    channel: Channel
    mailbox: str
    kind: Kind
    title: str
    text: str
    area: str | None
    place: str
    happened_on: date | None
    anonymous: bool
    keep_name_from_unit: bool
    may_publish: bool
    attachments: tuple[Attachment, ...]
    language: str
    filed_at: datetime
    register_by: datetime
    form: str  # fingerprint of the form's key
    content: str  # fingerprint of what was written, to tell a repeated form from a reused key
    salt: str  # of the text's digest in the record
    agency: str | None = None  # who referred it
    agency_number: str = ""  # the number it has there
    erasure: Erasure | None = None
    drill: str = ""  # id of the keepers' exam whose test letter it is
    marks: PaperMarks | None = None  # what stands on a letter on paper


Reading = Callable[["FieldReader", bool], Petitioner]


def read_form(raw: Mapping[str, object], city: City, language: str, today: date, who: Reading | None = None) -> Form:
    """The form that ``raw`` holds, its writer as ``who`` reads one. Raises Invalid naming every field refused."""
    reader = FieldReader(raw)
    key = read_key(reader)
    mailbox = city.mailbox(reader.text("mailbox", required=True, longest=64))
    if mailbox is None:
        reader.refuse("mailbox", "mailbox.unknown")
    kind = reader.choice("kind", Kind)
    if kind is not None and mailbox is not None and kind not in mailbox.kinds:
        reader.refuse("kind", "kind.not_here")
    area = reader.text("area", longest=20)
    if area and city.area(area) is None:
        reader.refuse("area", "area.unknown")
    title = reader.text("title", required=True)
    text = reader.text("text", required=True, many_lines=True)
    place = reader.text("place")
    happened_on = reader.day("happened_on", latest=today)
    anonymous = reader.flag("anonymous")
    petitioner = (who or read_petitioner)(reader, anonymous)
    petitioner = replace(petitioner, signers=_read_signers(reader, petitioner, anonymous))
    uploads = reader.texts("uploads", most=MOST_UPLOADS)
    keep_name, may_publish = reader.flag("keep_name_from_unit"), reader.flag("may_publish")
    reader.raise_errors()
    assert mailbox is not None
    assert kind is not None
    return Form(
        key=key,
        mailbox=mailbox.id,
        kind=kind,
        title=title,
        text=text,
        area=area or None,
        place=place,
        happened_on=happened_on,
        anonymous=anonymous,
        petitioner=petitioner,
        keep_name_from_unit=keep_name,
        may_publish=may_publish and kind is not Kind.ACCUSATION,  # an accusation is never published
        uploads=uploads,
        language=language,
    )


def read_key(reader: "FieldReader") -> str:
    """The form's own key, made by the page when the form was opened: hard to guess, the same on every try."""
    return reader.matching("key", _KEY)


def read_petitioner(reader: "FieldReader", anonymous: bool) -> Petitioner:
    """Who writes: a real name needs one way to be reached; an anonymous writer may leave one."""
    name = "" if anonymous else reader.text("name", required=True)
    phone = re.sub(r"[\s\-()]", "", reader.text("phone", longest=30))
    email = reader.text("email")
    if phone and not PHONE.fullmatch(phone):
        reader.refuse("phone", "phone.malformed")
    if email and not _EMAIL.fullmatch(email):
        reader.refuse("email", "email.malformed")
    if not anonymous and not phone and not email:
        reader.refuse("phone", "contact.missing")
    return Petitioner(name, phone, email)


def _read_signers(reader: "FieldReader", representative: Petitioner, anonymous: bool) -> tuple[Signer, ...]:
    """Who signs a joint letter besides: nobody can represent others without a name of her own."""
    if not reader.flag("joint"):
        return ()
    if anonymous:
        reader.refuse("joint", "signers.anonymous")
        return ()
    text = reader.text("signers", longest=LONGEST_LIST, many_lines=True)
    if any(error.field == "signers" for error in reader.errors):
        return ()
    signers, faults = read_signers(text, representative)
    reader.errors += faults
    return signers


def content_of(form: Form) -> str:
    """A fingerprint of everything the citizen wrote, but the key and the upload tickets (they are made anew)."""
    by = form.petitioner
    at_the_counter = (
        (by.address, str(by.answer_by), str(form.marks)) if by.address or by.answer_by or form.marks else ()
    )
    parts = [
        form.mailbox, form.kind, form.title, form.text, form.area or "", form.place, str(form.happened_on),
        str(form.anonymous), form.petitioner.name, form.petitioner.phone, form.petitioner.email,
        str(form.keep_name_from_unit), str(form.may_publish), str(len(form.uploads)),
        *(f"{signer.name}\x01{signer.phone}" for signer in form.petitioner.signers), *at_the_counter,
    ]  # fmt: skip
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def digest_of(text: str, salt: str) -> str:
    """What the record keeps of a text: with the salt erased, nothing can be guessed from it."""
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()


def day_in_shanghai(at: datetime) -> date:
    """The civil day of ``at`` on paper."""
    return at.astimezone(SHANGHAI).date()


class FieldReader:
    """Reads the fields of one form and gathers what is wrong with them."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.errors: list[FieldError] = []

    def refuse(self, field: str, code: str, **params: str) -> None:
        """Note that ``field`` cannot be taken; the first complaint about a field stands."""
        if all(error.field != field for error in self.errors):
            self.errors.append(FieldError(field, code, tuple(params.items())))

    def raise_errors(self) -> None:
        """Raise Invalid when anything was noted."""
        if self.errors:
            raise Invalid(self.errors)

    def text(self, field: str, *, required: bool = False, longest: int | None = None, many_lines: bool = False) -> str:
        """A text, NFC, stripped; "" when it is absent or cannot be taken."""
        value = self.raw.get(field)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.refuse(field, "field.not_text")
            return ""
        value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        limit = LONGEST.get(field, 200) if longest is None else longest
        if required and not value:
            self.refuse(field, "field.empty")
        elif len(value) > limit:
            self.refuse(field, "field.too_long", longest=str(limit), length=str(len(value)))
        elif not _readable(value, _KEPT_CONTROLS if many_lines else ""):
            self.refuse(field, "field.control_characters")
        return value

    def matching(self, field: str, pattern: re.Pattern[str]) -> str:
        """A text of the shape ``pattern``."""
        value = self.text(field, required=True, longest=200)
        if value and not pattern.fullmatch(value):
            self.refuse(field, "field.malformed")
        return value

    def choice(self, field: str, choices: type[Choice]) -> Choice | None:
        """One of an enumeration's values."""
        value = self.text(field, required=True)
        try:
            return choices(value) if value else None
        except ValueError:
            self.refuse(field, "field.unknown_choice")
            return None

    def flag(self, field: str) -> bool:
        """A yes or no; absent is no."""
        value = self.raw.get(field, False)
        if not isinstance(value, bool):
            self.refuse(field, "field.not_flag")
            return False
        return value

    def day(self, field: str, latest: date) -> date | None:
        """A day YYYY-MM-DD not after ``latest``; None when absent."""
        value = self.text(field, longest=10)
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.refuse(field, "field.not_day")
            return None
        if day.isoformat() != value:  # Python reads other spellings of ISO 8601 too
            self.refuse(field, "field.not_day")
        elif day > latest or day.year < 1900:
            self.refuse(field, "field.day_out_of_range")
        return day

    def texts(self, field: str, most: int) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(field, "field.not_list")
            return ()
        if len(value) > most:
            self.refuse(field, "field.too_many", most=str(most))
        return tuple(value)


def _readable(value: str, kept: str) -> bool:
    """No control characters and no lone surrogates: they break paper, mail and UTF-8 alike."""
    return all(char in kept or unicodedata.category(char) not in ("Cc", "Cs") for char in value)
