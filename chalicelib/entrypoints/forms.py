"""What citizens and agencies send us, as the API's document describes it.

The limits are the trade's own (``domain``), which reads these fields one by one and says what is wrong with each in
the reader's language. Unless it is said otherwise, what is absent, "" or null is left open.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.handling import LONGEST_REPLY, LONGEST_WORDS
from chalicelib.domain.reception_forms import LONGEST_ABOUT
from chalicelib.domain.receptions import MOST_PEOPLE
from chalicelib.domain.referrals import MOST_FILES
from chalicelib.domain.signers import LONGEST_LIST
from chalicelib.domain.submission import MOST_UPLOADS
from chalicelib.domain.talk import MOST_MESSAGES
from chalicelib.domain.talk_forms import LONGEST_NICKNAME
from chalicelib.domain.talk_forms import LONGEST_WORDS as LONGEST_SAID
from chalicelib.domain.uploads import LARGEST
from chalicelib.domain.ways import Way
from chalicelib.domain.words import Attitude, Kind, Outcome, Satisfaction, Solved

Key = Annotated[
    str,
    Meta(pattern="^[0-9A-Za-z_-]{16,64}$", description="made at random for this form, the same on every try of it"),
]
Code = Annotated[str, Meta(description="the query code, as it was shown with the receipt")]
Receipt = Annotated[str, Meta(description="the receipt number, spaces and hyphens allowed")]
Title = Annotated[str, Meta(min_length=1, max_length=LONGEST["title"])]
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST["text"])]
Place = Annotated[str, Meta(max_length=LONGEST["place"])]
Name = Annotated[str, Meta(max_length=LONGEST["name"])]
Phone = Annotated[str, Meta(max_length=30)]
Email = Annotated[str, Meta(max_length=LONGEST["email"])]
Area = Annotated[str, Meta(max_length=20, description="code of an administrative division, of GET /api/desk")]
Instant = Annotated[str, Meta(max_length=40, description="ISO 8601 with its offset from UTC")]
HappenedOn = Annotated[str, Meta(max_length=10, description="YYYY-MM-DD, not after today")]
Proof = Annotated[str, Meta(max_length=2_000, description="ALTCHA's solution of POST /api/challenges, in Base64")]
Uploads = Annotated[tuple[str, ...], Meta(max_length=MOST_UPLOADS, description="`upload` of POST /api/uploads")]


Ways = Annotated[
    tuple[Way, ...], Meta(max_length=len(Way), description="by which she is told, of those she left; none given: all")
]


PublicId = Annotated[
    str, Meta(max_length=40, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{12}$", description="`id` of POST /api/alike")
]


class AlikeAsked(Struct, frozen=True, kw_only=True):
    """What is about to be sent. It is compared and forgotten."""

    title: Title
    text: Text
    kind: Kind | None = None
    mailbox: Annotated[str, Meta(max_length=64)] | None = None
    area: Area | None = None


class UploadAsked(Struct, frozen=True, kw_only=True):
    """A file that is to be uploaded."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(max_length=100, description="a media type of GET /api/desk")]
    size: Annotated[int, Meta(gt=0, le=LARGEST, description="bytes")]


class SubmissionForm(Struct, frozen=True, kw_only=True):
    """What a citizen writes: with her name and a telephone or an e-mail, or anonymously."""

    key: Key
    mailbox: Annotated[str, Meta(max_length=64)]
    kind: Kind
    title: Title
    text: Text
    area: Area | None = None
    place: Place | None = None
    happened_on: HappenedOn | None = None
    anonymous: bool = False
    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    joint: bool = False
    signers: Annotated[str, Meta(max_length=LONGEST_LIST, description="one a line: name, telephone")] | None = None
    keep_name_from_unit: bool = False
    may_publish: bool = False
    uploads: Uploads = ()
    ways: Ways | None = None
    alike: PublicId | None = None
    proof: Proof | None = None


class ReceiptAndCode(Struct, frozen=True, kw_only=True):
    """By which a submission is opened."""

    receipt: Receipt
    code: Code


class CodeOnly(Struct, frozen=True, kw_only=True):
    """By which the submission of the path is opened."""

    code: Code


class SupplementForm(CodeOnly, frozen=True, kw_only=True):
    """Something to add."""

    key: Key
    text: Text
    uploads: Uploads = ()


class RatingForm(CodeOnly, frozen=True, kw_only=True):
    """What the reply is worth."""

    solved: Solved
    attitude: Attitude
    satisfaction: Satisfaction
    words: Annotated[str, Meta(max_length=LONGEST["words"])] | None = None


class ReviewForm(CodeOnly, frozen=True, kw_only=True):
    """Why the level above is to look at the reply again."""

    key: Key
    why: Text


class WithdrawalForm(CodeOnly, frozen=True, kw_only=True):
    """That she withdraws, and why."""

    reason: Annotated[str, Meta(max_length=LONGEST["reason"])] | None = None


class WaysForm(CodeOnly, frozen=True, kw_only=True):
    """By which ways to be told, of those she left."""

    ways: Ways


class BookingAsked(Struct, frozen=True, kw_only=True):
    """Who comes to a reception, and what about."""

    key: Key
    name: Annotated[str, Meta(min_length=1, max_length=LONGEST["name"])]
    phone: Annotated[str, Meta(min_length=1, max_length=30)]
    email: Email | None = None
    about: Annotated[str, Meta(min_length=1, max_length=LONGEST_ABOUT)]
    people: Annotated[int, Meta(ge=1, le=MOST_PEOPLE)] = 1
    proof: Proof | None = None


class NumberAndCode(Struct, frozen=True, kw_only=True):
    """By which a booking is opened."""

    number: Annotated[str, Meta(description="the booking's number")]
    code: Code


class ReferredPetitioner(Struct, frozen=True, kw_only=True):
    """Who wrote what an agency refers."""

    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None


class ReferralForm(Struct, frozen=True, kw_only=True):
    """What another agency refers. Without a petitioner, ``anonymous`` is true."""

    number: Annotated[str, Meta(min_length=1, max_length=100, description="the sender's own")]
    kind: Kind
    title: Title
    text: Text
    area: Area | None = None
    place: Place | None = None
    happened_on: HappenedOn | None = None
    petitioner: ReferredPetitioner | None = None
    anonymous: bool = False
    keep_name_from_unit: bool = False
    may_publish: bool = False
    deadline: Instant | None = None
    must_report: bool = False
    words: Annotated[str, Meta(max_length=LONGEST_WORDS)] | None = None
    attachments: Annotated[tuple[str, ...], Meta(max_length=MOST_FILES, description="names alone")] = ()
    petitioner_told_by_us: bool = False


class PetitionNewsForm(Struct, frozen=True, kw_only=True):
    """What is said later: another ``deadline``, a ``withdrawal`` with its reason, or with id and text a supplement."""

    deadline: Instant | None = None
    reason: Annotated[str, Meta(max_length=LONGEST["reason"])] | None = None
    id: Annotated[str, Meta(max_length=100, description="the sender's own, of what is added")] | None = None
    text: Text | None = None


class AgencyStatusForm(Struct, frozen=True, kw_only=True):
    """How a petition stands that we passed on: with ``replied`` its answer, with ``returned`` the reason."""

    number: Annotated[str, Meta(min_length=1, max_length=100, description="ours")]
    state: Progress
    at: Instant
    their_number: Annotated[str, Meta(max_length=100)] | None = None
    unit_name: Annotated[str, Meta(max_length=100)] | None = None
    words: Annotated[str, Meta(max_length=LONGEST_WORDS)] | None = None
    text: Annotated[str, Meta(max_length=LONGEST_REPLY, description="of the answer")] | None = None
    outcome: Outcome | None = None
    done_on: Annotated[str, Meta(max_length=10, description="YYYY-MM-DD")] | None = None


class TalkAsked(Struct, frozen=True, kw_only=True):
    """A talk with the desk is asked for."""

    key: Key
    nickname: Annotated[str, Meta(max_length=LONGEST_NICKNAME)] | None = None
    phone: Phone | None = None
    proof: Proof | None = None


class TalkOpened(Struct, frozen=True, kw_only=True):
    """By which a talk is opened."""

    token: Annotated[str, Meta(description="as it was given when the talk began")]


class NewsAsked(TalkOpened, frozen=True, kw_only=True):
    """What is new is asked for."""

    since: Annotated[int, Meta(ge=0, le=MOST_MESSAGES, description="the last message that is known")] = 0


class MessageSaid(NewsAsked, frozen=True, kw_only=True):
    """Something is said."""

    key: Key
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_SAID)]


class TalkHandedIn(TalkOpened, frozen=True, kw_only=True):
    """A submission is made of the talk; without a name, anonymously."""

    kind: Kind
    title: Title
    text: Text
    area: Area | None = None
    place: Place | None = None
    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None
    keep_name_from_unit: bool = False
    may_publish: bool = False


class TextMessage(Struct, frozen=True, kw_only=True):
    """A text message that a provider hands in."""

    id: Annotated[str, Meta(min_length=1, max_length=200, description="the provider's own")]
    sender: Annotated[str, Meta(min_length=1, max_length=40)] = field(name="from")
    to: Annotated[str, Meta(max_length=40)] | None = None
    text: Annotated[str, Meta(max_length=LONGEST["text"])]


class RawMail(Struct, frozen=True, kw_only=True):
    """A mail that an office's own server hands in."""

    raw: Annotated[str, Meta(min_length=1, description="the whole mail (RFC 5322) in Base64")]
