"""Who wrote by SMS or e-mail is answered by the same way, once; what she was told is on record, without her code."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.config import config
from chalicelib.desk import cities, mailing, texting
from chalicelib.desk.sending import Letter, page, tell
from chalicelib.desk.vault import vault
from chalicelib.desk.working import masked
from chalicelib.domain.city import City
from chalicelib.domain.messages import AnswerMessage
from chalicelib.domain.people import Petitioner
from chalicelib.domain.receipts import spoken
from chalicelib.domain.sms_dialogue import areas_of
from chalicelib.domain.sms_talk import Answer
from chalicelib.storage import dialogues
from chalicelib.storage.dialogues import MailTaken
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.storage.submissions import load_sealed_petitioner
from chalicelib.web.messages import say
from chalicelib.web.templating import render

HIDDEN = "…"  # in the place of what is told to her and recorded nowhere
OWN = ("code", "name", "start")


def answer(message: AnswerMessage, at: datetime) -> None:
    """Send the answer. Raises NotAllTold when it could not be sent; what was forgotten meanwhile is not."""
    kept = dialogues.load(message.way, message.talk)
    if kept is None:
        return
    letters = _text if message.way == texting.WAY else _mail
    tell([message.talk], lambda _: letters(message, kept, at), f"answer {message.number} by {message.way}")


def _text(message: AnswerMessage, kept: dialogues.Kept, at: datetime) -> Iterator[Letter]:
    thread = texting.opened(message.talk, kept)
    answered = thread.answer(message.number)
    if answered is None:
        return
    values = dict(answered.answer.values)
    if "receipt" in values and answered.answer.message == "receipt":
        values |= {"code": spoken(vault().code_of(values["receipt"])), "receipt": spoken(values["receipt"])}
    whole = words_of(answered.answer, values, answered.language, cities.current())
    hidden = words_of(answered.answer, values | dict.fromkeys(OWN, HIDDEN), answered.language, cities.current())
    shown = masked(Petitioner(phone=thread.phone)).phone
    yield Letter(thread.phone, _attempt(message, shown, "", hidden, at), whole=whole)


def words_of(answer: Answer, values: dict[str, str], language: str, city: City) -> str:
    """An answer as a text message, the office's name before it."""
    unit, area = city.unit(values.get("unit")), city.area(values.get("area"))
    named = {
        **values,
        "unit": unit.name.within(language) if unit else "",
        "area": area.name.within(language) if area else say("sms.nowhere", language),
        "name": values.get("name") or say("sms.nobody", language),
        "areas": " ".join(f"{number}{one.name.within(language)}" for number, one in enumerate(areas_of(city), 1)),
        "link": f"{config().public_origin}/file.html",
    }
    if "kind" in values:
        named["kind"] = say(f"kind.{values['kind']}", language)
    if answer.message == "status":
        named["state"] = say(f"state.{values['state']}", language)
        named["rest"] = _rest(named, language)
    said = say(f"sms.{answer.message}", language, **named)
    again = say("sms.again", language) if answer.again else ""
    return say("sms.signed", language, desk=city.name.within(language), text=f"{again}{said}")


def _rest(values: dict[str, str], language: str) -> str:
    """Whose it is, and until when, as far as there is a unit or a term."""
    unit = say("sms.status.unit", language, unit=values["unit"]) if values["unit"] else ""
    due = say("sms.status.due", language, due=values["due"]) if values["due"] else ""
    return f"{unit}{due}"


def _mail(message: AnswerMessage, kept: dialogues.Kept, at: datetime) -> Iterator[Letter]:
    taken = mailing.opened(message.talk, kept)
    address = taken.address or _address_of(taken.receipt)
    if not address:  # she has withdrawn what she left, or had it erased
        return
    receipt = spoken(taken.receipt) if taken.receipt else ""
    subject = say(f"mail.{taken.message}", taken.language, receipt=receipt)
    code = spoken(vault().code_of(taken.receipt)) if taken.message == "filed" else ""
    whole, hidden = _page(taken, receipt, code), _page(taken, receipt, HIDDEN)
    html = page(taken.language, subject, whole, _track())
    attempt = _attempt(message, masked(Petitioner(email=address)).email, subject, hidden, at)
    yield Letter(address, attempt, html, taken.message_id, whole)


def _address_of(receipt: str) -> str:
    sealed = load_sealed_petitioner(receipt)
    return vault().open_petitioner(sealed, receipt).email if sealed is not None else ""


def _page(taken: MailTaken, receipt: str, code: str) -> str:
    return render(
        f"messages/{taken.language}/mail_{taken.message}.mail.txt",
        desk=cities.current().name.within(taken.language),
        receipt=receipt,
        code=code,
        track=_track(),
        form=f"{config().public_origin}/file.html",
        refused=taken.refused,
        cut=taken.cut,
    ).strip()


def _track() -> str:
    return f"{config().public_origin}/track.html"


def _attempt(message: AnswerMessage, to: str, subject: str, text: str, at: datetime) -> Attempted:
    return Attempted(
        case_id="",
        event=message.number,
        recipient="",
        way=message.way,
        to=to,
        subject=subject,
        text=text,
        state=Sending.SENDING,
        attempts=0,
        at=at,
        talk=message.talk,
    )
