"""A submission (来信): one citizen speaking once. Read from what came over the wire, field by field."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city import City
from chalicelib.domain.demands import Demands
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.paper_marks import PaperMarks
from chalicelib.domain.people import Petitioner, Signer
from chalicelib.domain.signers import LONGEST_LIST, PHONE, read_signers
from chalicelib.domain.ways import Ways, left_by, read_ways
from chalicelib.domain.words import Channel, Kind

MOST_UPLOADS = 5
_KEY = re.compile(r"[0-9A-Za-z_-]{16,64}")
PUBLIC_ID = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{12})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


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
    ways: Ways = None
    alike: str = ""  # what is public and her own matter too, by her word: its id in the public list


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
    demands: Demands | None = None  # what the agency asks for with it
    erasure: Erasure | None = None
    drill: str = ""  # id of the keepers' exam whose test letter it is
    marks: PaperMarks | None = None  # what stands on a letter on paper
    ways: Ways = None  # by which its writer is told
    application: str = ""  # id of the program of others by which it came
    service: str = ""  # id of the category that its writer chose there
    alike: str = ""  # what is public and her own matter too, by her word: its id in the public list


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
    ways = read_ways(reader, left_by(petitioner))
    uploads = reader.texts("uploads", most=MOST_UPLOADS)
    alike = _read_alike(reader)
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
        ways=ways,
        alike=alike if kind is not Kind.ACCUSATION else "",
    )


def _read_alike(reader: FieldReader) -> str:
    """The case that was shown to her as public and alike: by the id that it has in the public list."""
    written = reader.text("alike", longest=40)
    if written and PUBLIC_ID.fullmatch(written) is None:
        reader.refuse("alike", "alike.malformed")
    return written


def read_key(reader: FieldReader) -> str:
    """The form's own key, made by the page when the form was opened: hard to guess, the same on every try."""
    return reader.matching("key", _KEY)


def read_petitioner(reader: FieldReader, anonymous: bool) -> Petitioner:
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


def _read_signers(reader: FieldReader, representative: Petitioner, anonymous: bool) -> tuple[Signer, ...]:
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
        *(["ways", *form.ways] if form.ways is not None else []),
        *(["alike", form.alike] if form.alike else []),
    ]  # fmt: skip
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def digest_of(text: str, salt: str) -> str:
    """What the record keeps of a text: with the salt erased, nothing can be guessed from it."""
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()


def day_in_shanghai(at: datetime) -> date:
    """The civil day of ``at`` on paper."""
    return at.astimezone(SHANGHAI).date()
