"""The room where an office words its notices: with an example beside the words, and what was changed by whom."""

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.desk import setting_words, wording_examples
from chalicelib.domain import sms_length
from chalicelib.domain import wording as rules
from chalicelib.domain.errors import Changed, Invalid, NotFound, Refused
from chalicelib.domain.quiet import Quiet
from chalicelib.domain.ways import Way
from chalicelib.domain.wording import InForce, Words
from chalicelib.entrypoints.console.fields import unknown, whole
from chalicelib.entrypoints.console.visits import FORM, Visit, done, page, seated

wordings = Blueprint(__name__)
ROOM, PLACE = "wording", "/console/wording"


class Sheet(Struct, frozen=True):
    """One notice by one way as the page shows it. ``own``: the office has worded it; ``tried``: it is not saved."""

    way: Way
    version: int
    own: bool
    tried: bool
    words: Words
    places: dict[str, str]
    must: tuple[str, ...]
    example: str
    subject: str
    length: sms_length.SmsLength | None


@wordings.route("/wording", methods=["GET"])
def all_notices() -> Response:
    """Every notice, when it is quiet, and what was changed."""
    return seated(wordings, ROOM, _all)


@wordings.route("/wording/quiet", methods=["POST"], content_types=FORM)
def set_quiet() -> Response:
    """It is quiet as the form says."""

    def work(visit: Visit) -> Response:
        try:
            changed = setting_words.set_quiet(visit.form, _number(visit), visit.seat.staff, visit.now)
        except (Invalid, Changed) as refused:
            return _all(visit, refused)
        return done(PLACE, "quiet" if changed else "wording_same")

    return seated(wordings, ROOM, work)


@wordings.route("/wording/undoing", methods=["POST"], content_types=FORM)
def put_back() -> Response:
    """As it was before a change."""

    def work(visit: Visit) -> Response:
        setting = visit.form.get("setting", "")
        try:
            changed = setting_words.put_back(setting, _number(visit), visit.seat.staff, visit.now)
        except (Invalid, Changed) as refused:
            return _all(visit, refused)
        return done(PLACE, "wording_back" if changed else "wording_same")

    return seated(wordings, ROOM, work)


@wordings.route("/wording/{notice}", methods=["GET"])
def one_notice(notice: str) -> Response:
    """One notice in one language, by both ways."""
    return seated(wordings, ROOM, lambda visit: _one(visit, notice, _language(visit.query.get("in", "zh"))))


@wordings.route("/wording/{notice}/{language}/{way}", methods=["POST"], content_types=FORM)
def set_words(notice: str, language: str, way: str) -> Response:
    """Word it so, only look at it (``do`` is ``look``), or go back to the packaged words (``packaged``)."""

    def work(visit: Visit) -> Response:
        known, by = _language(language), visit.seat.staff
        sent_by = _way(way)
        _check(notice)
        try:
            match visit.form.get("do", ""):
                case "look":
                    return _one(visit, notice, known, {sent_by: rules.read_words(visit.form, notice, sent_by)})
                case "packaged":
                    changed = setting_words.as_packaged(notice, known, sent_by, _number(visit), by, visit.now)
                case _:
                    changed = setting_words.set_words(notice, known, sent_by, visit.form, _number(visit), by, visit.now)
        except (Invalid, Changed) as refused:
            typed = Words(visit.form.get("text", ""), visit.form.get("subject", ""))
            return _one(visit, notice, known, {sent_by: typed}, refused)
        return done(f"{PLACE}/{notice}?in={known}", "wording" if changed else "wording_same")

    return seated(wordings, ROOM, work)


def _number(visit: Visit) -> int:
    return whole(visit.form.get("seen", ""))


def _language(text: str) -> str:
    if text not in rules.LANGUAGES:
        raise unknown("in")
    return text


def _way(text: str) -> Way:
    if text not in set(Way):
        raise unknown("way")
    return Way(text)


def _check(notice: str) -> None:
    if notice not in rules.NOTICES:
        raise NotFound()


def _all(visit: Visit, refused: Refused | None = None) -> Response:
    known = setting_words.in_force()
    quiet = known.get(rules.QUIET, InForce(rules.QUIET))
    return page(
        visit,
        "wording",
        refused=refused,
        changed="wording.changed",
        notices=[(notice, rules.NOTICES[notice].reception, _own_of(notice, known)) for notice in rules.NOTICES],
        quiet=quiet.value if isinstance(quiet.value, Quiet) else Quiet(),
        quiet_version=quiet.version,
        ways=list(Way),
        history=[(change, _setting(change.setting)) for change in setting_words.history()],
    )


def _own_of(notice: str, known: dict[str, InForce]) -> list[tuple[str, Way]]:
    """In which languages and by which ways the office has worded a notice."""
    each = ((language, way) for language in rules.LANGUAGES for way in Way)
    return [(language, way) for language, way in each if _words_in(known, notice, language, way)[1] is not None]


def _words_in(known: dict[str, InForce], notice: str, language: str, way: Way) -> tuple[int, Words | None]:
    one = known.get(rules.name_of(notice, language, way), InForce(""))
    return one.version, one.value if isinstance(one.value, Words) else None


def _setting(name: str) -> tuple[str, str, Way] | None:
    """Which notice a change is of; None for the quiet hours."""
    return None if name == rules.QUIET else rules.parts_of(name)


def _one(
    visit: Visit,
    notice: str,
    language: str,
    tried: dict[Way, Words] | None = None,
    refused: Refused | None = None,
) -> Response:
    """The page of one notice. ``tried``: what was typed and is not saved; what is ``refused`` is not shown filled."""
    _check(notice)
    known = setting_words.in_force()
    sheets = [
        _sheet(notice, language, way, _words_in(known, notice, language, way), tried or {}, refused) for way in Way
    ]
    return page(
        visit,
        "wording_notice",
        refused=refused,
        changed="wording.changed",
        notice=notice,
        sheets=sheets,
        inside=language,
        languages=rules.LANGUAGES,
        at_fault=next(iter(tried), None) if refused and tried else None,
        longest=rules.LONGEST,
        sealed=notice == rules.SEALED,
    )


def _sheet(
    notice: str,
    language: str,
    way: Way,
    known: tuple[int, Words | None],
    tried: dict[Way, Words],
    refused: Refused | None,
) -> Sheet:
    version, own = known
    typed = tried.get(way)
    shown = own if refused else typed or own
    example = wording_examples.text_of(shown, notice, language, way)
    return Sheet(
        way=way,
        version=version,
        own=own is not None,
        tried=typed is not None,
        words=typed or own or wording_examples.to_begin_from(notice, language, way),
        places=wording_examples.places_of(notice, language, way),
        must=rules.NOTICES[notice].must_by(way),
        example=example,
        subject=wording_examples.subject_of(shown, notice, language) if way is Way.MAIL else "",
        length=sms_length.length_of(example) if way is Way.SMS else None,
    )
