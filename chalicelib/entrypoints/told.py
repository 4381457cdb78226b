"""What a citizen is told of her submission, as the API's document describes it. ``views.py`` fills it."""

from msgspec import Struct

from chalicelib.domain.ways import Way
from chalicelib.domain.words import Action, Attitude, Kind, Light, Satisfaction, Solved, State, View
from chalicelib.entrypoints.wording import Moment


class MailboxChoice(Struct, frozen=True):
    """A mailbox that can be written to."""

    id: str
    name: str
    about: str
    kinds: tuple[Kind, ...]


class KindChoice(Struct, frozen=True):
    """What can be wanted."""

    id: Kind
    name: str
    about: str


class AreaChoice(Struct, frozen=True):
    """An administrative division and the one it lies in."""

    code: str
    name: str
    parent: str | None


class FormLimits(Struct, frozen=True, kw_only=True):
    """The most that a form takes: characters, people, files, bytes of each."""

    title: int
    text: int
    place: int
    name: int
    words: int
    reason: int
    signers: int
    attachments: int
    attachment_bytes: int
    attachment_types: tuple[str, ...]


class DeskWords(Struct, frozen=True, kw_only=True):
    """What a form needs to know of the city."""

    name: str
    mailboxes: tuple[MailboxChoice, ...]
    kinds: tuple[KindChoice, ...]
    areas: tuple[AreaChoice, ...]
    limits: FormLimits


class SubmissionReceipt(Struct, frozen=True, kw_only=True):
    """What is handed over at once. With both, and only with both, the submission is opened again."""

    receipt: str
    receipt_spoken: str
    code: str
    code_spoken: str
    filed_at: Moment
    register_due: Moment


class FirstAskedUnit(Struct, frozen=True):
    """首问责任: whom to ask until another unit is in charge."""

    unit_name: str
    phone: str


class StoryStep(Struct, frozen=True, kw_only=True):
    """One step of the matter."""

    at: Moment
    kind: str
    name: str
    detail: str
    unit_name: str | None


class StoryReply(Struct, frozen=True, kw_only=True):
    """A reply, or the opinion of who reviewed one. ``done_by``: until when it promises more; ``known``: that this was
    answered before.
    """

    at: Moment
    unit_name: str | None
    outcome: str
    outcome_name: str
    text: str
    known: str | None
    done_by: Moment | None


class LayOpinion(Struct, frozen=True, kw_only=True):
    """信访监督员意见: by the family name, as a lay supervisor is not known to those whose matters they look at."""

    at: Moment
    name: str
    view: View
    view_name: str
    words: str


class DecisionStanding(Struct, frozen=True):
    """What is public of the matter, and where."""

    id: str
    outcome: str
    outcome_name: str


class OwnRating(Struct, frozen=True, kw_only=True):
    """What its writer said the reply is worth."""

    solved: Solved
    attitude: Attitude
    satisfaction: Satisfaction
    words: str
    at: Moment


class AttachmentStanding(Struct, frozen=True, kw_only=True):
    """A file and how its check stands."""

    name: str
    size: int
    state: str
    state_name: str


class AddedText(Struct, frozen=True):
    """What was added."""

    at: Moment
    text: str


class CampaignStanding(Struct, frozen=True):
    """积案化解: since when the matter is part of it, and who owns it."""

    since: Moment
    owner: str | None
    settled: bool


class WayChoice(Struct, frozen=True):
    """A way that she left to be told by, masked, and whether she chose it."""

    way: Way
    to: str
    chosen: bool


class SubmissionStatus(Struct, frozen=True, kw_only=True):
    """How a submission stands, for its writer. ``may``: what she may do now."""

    receipt: str
    receipt_spoken: str
    title: str
    text: str
    kind: Kind
    kind_name: str
    mailbox_name: str
    state: State
    state_name: str
    light: Light | None
    light_name: str | None
    unit_name: str | None
    owner_name: str | None
    first_asked: FirstAskedUnit | None
    conference_on: Moment | None
    promised_by: Moment | None
    deadline: Moment | None
    deadline_name: str | None
    reply_by: Moment | None
    reply_by_name: str | None
    joined: bool
    signers: int | None
    filed_at: Moment
    steps: tuple[StoryStep, ...]
    replies: tuple[StoryReply, ...]
    lay_opinions: tuple[LayOpinion, ...]
    decision: DecisionStanding | None
    rating: OwnRating | None
    attachments: tuple[AttachmentStanding, ...]
    supplements: tuple[AddedText, ...]
    may: tuple[Action, ...]
    may_erase: bool
    campaign: CampaignStanding | None
    question: str | None
    review_name: str | None
    review_until: Moment | None
    rate_until: Moment | None
    ways: tuple[WayChoice, ...]


class GivenWithdrawal(Struct, frozen=True):
    """That she withdrew, and why."""

    at: Moment
    reason: str


class SentNotice(Struct, frozen=True, kw_only=True):
    """A message that was sent to her."""

    at: Moment
    way: str
    to: str
    state: str
    subject: str
    text: str


class RecordedLook(Struct, frozen=True, kw_only=True):
    """That somebody of an office looked at her data."""

    at: Moment
    what: str
    by: str
    unit_name: str | None


class OnPaper(Struct, frozen=True, kw_only=True):
    """What stood on the paper by which it came."""

    dated: str
    postmark: str
    pages: int | None
    passed_by: str
    their_number: str
    their_deadline: str


class SubmissionCopy(SubmissionStatus, frozen=True, kw_only=True):
    """Everything that the desk keeps of a submission."""

    area: str
    place: str
    happened_on: str
    anonymous: bool
    name: str
    phone: str
    email: str
    address: str
    answer_by: str
    on_paper: OnPaper | None
    keep_name_from_unit: bool
    may_publish: bool
    language: str
    agency: str
    agency_number: str
    ratings: tuple[OwnRating, ...]
    withdrawals: tuple[GivenWithdrawal, ...]
    notices: tuple[SentNotice, ...]
    looks: tuple[RecordedLook, ...]


class ErasureStanding(Struct, frozen=True, kw_only=True):
    """How far the erasure has come."""

    receipt: str
    receipt_spoken: str
    erased_at: Moment
    done: bool
