"""A citizen files a submission: one commit, one message, and the receipt at once."""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, limits, uploading
from chalicelib.desk.committing import Step, finish, new_salt, opening
from chalicelib.desk.sealing import files_named
from chalicelib.desk.vault import vault
from chalicelib.desk.written import SEALED_PLACE, marks_with, sealed_if_needed
from chalicelib.domain.city import Agency
from chalicelib.domain.demands import Demands
from chalicelib.domain.errors import Changed, Invalid, KeyUsed, NotFound, Refused
from chalicelib.domain.events import CITIZEN, Actor, Filed, Supplemented
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.domain.people import Petitioner
from chalicelib.domain.submission import Attachment, Form, Submission, content_of, day_in_shanghai, digest_of, read_form
from chalicelib.domain.words import Channel, Kind
from chalicelib.storage.counts import Count, Exhausted
from chalicelib.storage.submissions import (
    Supplement,
    load_submission,
    petitioner_item,
    submission_item,
    supplement_item,
)
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere

TRIES = 5
LONGEST_PAUSE = 0.05  # seconds, before what met another at the same count is tried again
Beside = Callable[[str], Iterable[DeskItem]]  # what a receipt number changes elsewhere, in the same commit
Gate = Callable[[Form], tuple[Count, ...]]  # what a form counts for; raises Refused for one that is not let in


class Receipt(Struct, frozen=True):
    """What the citizen gets at once. ``repeated``: the same form had come before."""

    number: str
    code: str
    filed_at: datetime
    register_by: datetime
    repeated: bool


def _open(form: Form) -> tuple[Count, ...]:
    """The gate for whom no other is kept."""
    return ()


def submit(raw: Mapping[str, object], language: str, at: datetime, gate: Gate = _open) -> Receipt:
    """File what a citizen wrote; ``gate``: what is asked of who sends it.

    Raises Invalid naming the fields, what ``gate`` raises, KeyUsed when the form's key came before with other content,
    TooMany beyond a limit.
    """
    try:
        form = read_form(raw, cities.known(), language, day_in_shanghai(at))
    except Invalid:
        # what this process knows of the city may be old; only a refusal is worth asking again
        form = read_form(raw, cities.current(), language, day_in_shanghai(at))
    return file(form, at, Channel.WEB, CITIZEN, gate=gate)


class Drill(Struct, frozen=True):
    """A test letter of the keepers' exam. ``exam``: its id; ``begins``: items that must be new with it, by receipt."""

    exam: str
    begins: Beside


class Referral(Struct, frozen=True):
    """Where a referred submission comes from: the agency, its own number there, and what it asks for with it."""

    agency: Agency
    number: str
    demands: Demands = Demands()


class Through(Struct, frozen=True):
    """The program of others by which a submission comes, and the category that was chosen there: their ids."""

    application: str
    service: str


Origin = Referral | Drill | Through
"""Where a submission comes from, if not from its writer's own hand."""


def file(
    form: Form,
    at: datetime,
    channel: Channel,
    by: Actor,
    origin: Origin | None = None,
    beside: Beside = lambda receipt: (),
    added: str = "",
    messages: Iterable[AnyMessage] = (),
    gate: Gate = _open,
) -> Receipt:
    """File a form that was read. The receipt follows from the form's key, so the same form gets the same receipt.

    ``beside``: items that change with it, each against the version before its own; ``added``: a text that comes with
    it, kept as the first that was added to it; ``messages``: what else is then to be sent. Raises KeyUsed when the key
    came before with other content, Changed when an item of ``beside`` was changed by somebody else.
    """
    try:
        attachments, counts = uploading.opened(form.uploads, at), gate(form)
    except Refused:
        # its tickets and its proof may be old by now, and all the same it was filed
        earlier = _earlier(vault().receipt_of(form.key))
        if earlier is None or (earlier.form, earlier.content) != (_fingerprint(form.key), content_of(form)):
            raise
        return _receipt(earlier, repeated=True)
    attempt = conflicts = 0
    while True:
        receipt = vault().receipt_of(form.key, attempt)
        submission = submission_of(form, attachments, receipt, at, channel, origin)
        try:
            begins = origin.begins(receipt) if isinstance(origin, Drill) else ()
            _write(submission, form, at, by, beside(receipt), begins, added, messages, counts)
        except Exhausted as exhausted:
            raise limits.refused(exhausted, at) from exhausted
        except AlreadyThere:
            earlier = _earlier(receipt)
            if earlier is not None and earlier.form == submission.form:
                if earlier.content != submission.content:
                    raise KeyUsed() from None
                return _receipt(earlier, repeated=True)
            attempt += 1  # two keys met in one number, once in 10¹¹: this form takes its next one
        except Changed:
            conflicts += 1  # the same form is being written at this very moment: a double click; or a neighbour's
            if conflicts == TRIES:
                raise
            time.sleep(random.uniform(0, LONGEST_PAUSE))
        else:
            return _receipt(submission, repeated=False)


def _fingerprint(form_key: str) -> str:
    return hashlib.sha256(form_key.encode()).hexdigest()


def submission_of(
    form: Form,
    attachments: tuple[Attachment, ...],
    receipt: str,
    at: datetime,
    channel: Channel,
    origin: Origin | None = None,
) -> Submission:
    """What is kept of a form under its receipt, but for who wrote it."""
    referral = origin if isinstance(origin, Referral) else None
    through = origin if isinstance(origin, Through) else None

    def kept(text: str) -> str:
        return vault().seal(text, SEALED_PLACE + receipt) if text and form.kind is Kind.ACCUSATION else text

    return Submission(
        receipt=receipt,
        case_id=vault().case_id_of(receipt),
        channel=channel,
        mailbox=form.mailbox,
        kind=form.kind,
        title=kept(form.title),
        text=kept(form.text),
        area=form.area,
        place=kept(form.place),
        happened_on=form.happened_on,
        anonymous=form.anonymous,
        keep_name_from_unit=form.keep_name_from_unit,
        may_publish=form.may_publish,
        attachments=files_named(form.kind, attachments),
        language=form.language,
        filed_at=at,
        register_by=_first_deadline(at),
        form=_fingerprint(form.key),
        content=_content_of(form, referral),
        salt=new_salt(),
        agency=referral.agency.id if referral else None,
        agency_number=referral.number if referral else "",
        demands=_demands_of(referral, kept),
        drill=origin.exam if isinstance(origin, Drill) else "",
        marks=marks_with(form.marks, kept),
        ways=form.ways,
        application=through.application if through else "",
        service=through.service if through else "",
        alike=form.alike,
    )


def _content_of(form: Form, referral: Referral | None) -> str:
    """What was written, and what was asked for with it: another date under the same number is another referral."""
    asked = referral.demands.fingerprint if referral is not None else ""
    return hashlib.sha256(f"{content_of(form)}{asked}".encode()).hexdigest() if asked else content_of(form)


def _demands_of(referral: Referral | None, kept: Callable[[str], str]) -> Demands | None:
    if referral is None or referral.demands == Demands():
        return None
    demands = referral.demands
    return replace(demands, words=kept(demands.words), files=tuple(kept(name) for name in demands.files))


def _first_deadline(at: datetime) -> datetime:
    clocks = cities.trade().to_register(at)
    return min(clock.due_at for clock in clocks)


def _keeper_of(mailbox_id: str) -> str | None:
    mailbox = cities.known().mailbox(mailbox_id)
    return None if mailbox is None else mailbox.keeper


def _write(
    submission: Submission,
    form: Form,
    at: datetime,
    by: Actor,
    beside: Iterable[DeskItem],
    begins: Iterable[DeskItem],
    added: str,
    messages: Iterable[AnyMessage],
    counts: tuple[Count, ...],
) -> None:
    step, items = begun(submission, form, at, by)
    if added:
        step = step.then([Supplemented(submission.receipt, 1, digest_of(added, submission.salt))], by, at)
        kept = Supplement(1, at, sealed_if_needed(submission, added, 1), form.key)
        items.append(supplement_item(submission.receipt, kept))
    finish(
        step,
        at=at,
        new=[*items, *begins],
        versioned=beside,
        messages=[Message(Topic.ROUTING, submission.case_id, 1), *messages],
        counts=counts,
    )


def begun(submission: Submission, form: Form, at: datetime, by: Actor) -> tuple[Step, list[DeskItem]]:
    """The case that a submission opens, and what is kept beside it: the text, and who wrote it."""
    sealed = submission.kind is Kind.ACCUSATION
    bound_by = submission.demands.deadline if submission.demands is not None else None
    filed = Filed(
        receipt=submission.receipt,
        kind=submission.kind,
        channel=submission.channel,
        mailbox=submission.mailbox,
        title="" if sealed else form.title,
        area=form.area,
        sealed=sealed,
        digest=digest_of(f"{form.title}\n{form.text}", submission.salt),
        clocks=cities.trade().bound(cities.trade().to_register(at), bound_by),
        bound_by=bound_by,
        signers=1 + len(form.petitioner.signers) if form.petitioner.signers else 0,
        may_publish=submission.may_publish,
        drill=submission.drill,
        keeper=_keeper_of(submission.mailbox),
    )
    items = [submission_item(submission, vault().person_of(form.petitioner))]
    if form.petitioner != Petitioner():
        items.append(petitioner_item(submission.receipt, vault().seal_petitioner(form.petitioner, submission.receipt)))
    return opening(submission.case_id, filed, by, at), items


def _earlier(receipt: str) -> Submission | None:
    try:
        return load_submission(receipt)
    except NotFound:
        return None


def _receipt(submission: Submission, *, repeated: bool) -> Receipt:
    return Receipt(
        submission.receipt,
        vault().code_of(submission.receipt),
        submission.filed_at,
        submission.register_by,
        repeated,
    )
