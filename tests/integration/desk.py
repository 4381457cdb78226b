"""Builders: a desk at work, told in the trade's words. Every step goes through the use cases that people use."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities, handling, routing, submitting, supervising, tracking, uploading
from chalicelib.desk.committing import finish, untouched
from chalicelib.domain.case import Case
from chalicelib.domain.city import City, Endpoint, Name
from chalicelib.domain.events import Reason, VoiceAdded
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Outcome, Role, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from tests.integration.watching import sent

_numbers = itertools.count(10_000_000)

CLEAR = {
    "title": "路口占道经营严重",
    "text": "每天傍晚小贩在路口占道经营，把盲道和非机动车道都堵了，老人推着车只能走到机动车道上，请城管来管一管。",
    "area": "990102",  # a district: this subject is a district's
}
UNCLEAR = {
    "title": "一件说不清的事情",
    "text": "我想了很久还是写了这封信，希望有人看到之后能和我联系一下。",
    "area": "",
}


def form(**changes: object) -> dict[str, object]:
    """What the page sends for a clear appeal by a person of her own, unless ``changes`` says otherwise."""
    return {
        "key": uuid.uuid4().hex,
        "mailbox": "petitions",
        "kind": "appeal",
        "area": "",
        "place": "",
        "happened_on": "",
        "anonymous": False,
        "name": "王秀英",
        "phone": f"199{next(_numbers)}",
        "email": "",
        "keep_name_from_unit": False,
        "may_publish": True,
        "uploads": [],
        **CLEAR,
        **changes,
    }


@dataclass
class Desk:
    """The desk at a moment of its own clock."""

    city: City
    now: datetime
    receipts: list[submitting.Receipt] = field(default_factory=list)

    def later(self, **by: float) -> "Desk":
        """Let time pass, e.g. ``later(days=3)``."""
        self.now += timedelta(**by)
        return self

    def filed(self, **changes: object) -> submitting.Receipt:
        """A citizen files; nothing is routed yet."""
        receipt = submitting.submit(form(**changes), "zh", self.now)
        self.receipts.append(receipt)
        return receipt

    def routed(self, **changes: object) -> Case:
        """A citizen files, and the routing queue is worked off."""
        receipt = self.filed(**changes)
        case_id = load_submission(receipt.number).case_id
        routing.route(Message(Topic.ROUTING, case_id, 1), self.now)
        return cases.load(case_id)

    def dispatched(self, **changes: object) -> Case:
        """A case with its unit, whether by rule or by the clerk."""
        case = self.routed(**changes)
        clerk = self.clerk
        if case.unit is None:
            case = handling.accept(case.case_id, case.version, clerk, self.now)
            case = handling.dispatch(case.case_id, case.version, clerk, self.now, self.some_unit)
        return case

    def signed(self, **changes: object) -> Case:
        """A case that its unit has taken up."""
        case = self.dispatched(**changes)
        return handling.sign(case.case_id, case.version, self.handler(case), self.now)

    def drafted(self, **changes: object) -> Case:
        """A case whose reply waits for the unit head."""
        case = self.signed(**changes)
        text = "您好，我们已于当日到现场处理，占道摊点已劝离，并安排每日巡查。联系人：李工，电话 0000-1234567。"
        return handling.draft(case.case_id, case.version, self.handler(case), self.now, text, Outcome.SOLVED)

    def replied(self, **changes: object) -> Case:
        """A case whose citizens are answered."""
        case = self.drafted(**changes)
        return handling.reply(case.case_id, case.version, self.head(case), self.now)

    def case_of(self, receipt: submitting.Receipt) -> Case:
        """The case that handles a submission now."""
        case = cases.load(load_submission(receipt.number).case_id)
        while case.joined_to is not None:
            case = cases.load(case.joined_to)
        return case

    def registered(self, **changes: object) -> Case:
        """A case that the rules left to the clerk."""
        case = self.routed(**{**UNCLEAR, **changes})
        assert case.state is State.REGISTERED
        return case

    def crowd(self, number: int) -> Case:
        """A case in handling for which so many citizens spoke."""
        case = self.signed()
        basis = Reason("basis.person", {})
        for start in range(1, number, 40):
            others = range(start, min(start + 40, number))
            voices = [VoiceAdded(f"{other:012}", f"case-{other}", self.now, None, basis) for other in others]
            finish(untouched(case).then(voices, self.clerk.actor, self.now), at=self.now)
            case = cases.load(case.case_id)
        return case

    def answered(self, case: Case) -> Case:
        """A case that is with its unit gets its reply."""
        if case.state is State.DISPATCHED:
            case = handling.sign(case.case_id, case.version, self.handler(case), self.now)
        case = handling.draft(
            case.case_id, case.version, self.handler(case), self.now, "您好，已经处理好了。", Outcome.SOLVED
        )
        return handling.reply(case.case_id, case.version, self.head(case), self.now)

    def concluded(self, **changes: object) -> Case:
        """A case that has come to its end."""
        case = self.replied(**changes)
        return handling.conclude(case.case_id, case.version, self.clerk, self.now)

    def route_all(self) -> "Desk":
        """The routing queue is worked off, whatever is in it and however often it was delivered."""
        for message in sent(Topic.ROUTING):
            routing.route(message, self.now)
        return self

    def leave(self, **changes: object) -> uploading.Leave:
        """Leave to upload one picture."""
        return uploading.leave_to_upload({"name": "现场.png", "type": "image/png", "size": 1000, **changes}, self.now)

    def supplemented(self, receipt: submitting.Receipt, text: str = "补充一点情况。", **changes: object) -> None:
        """The citizen adds something."""
        raw = {"key": uuid.uuid4().hex, "text": text, "uploads": [], **changes}
        tracking.supplement(receipt.number, raw, self.now)

    def rated(self, receipt: submitting.Receipt, satisfaction: str = "satisfied", words: str = "") -> None:
        """The citizen says what the reply is worth."""
        solved = "no" if satisfaction == "not" else "yes"
        raw = {"solved": solved, "attitude": "good", "satisfaction": satisfaction, "words": words}
        tracking.rate(receipt.number, raw, self.now)

    def withdrawn(self, receipt: submitting.Receipt) -> None:
        """The citizen withdraws."""
        tracking.withdraw(receipt.number, {"reason": "已经解决。"}, self.now)

    def tell_an_agency(self) -> None:
        """From now on another agency is told of public steps."""
        endpoint = Endpoint("province", Name("省信访局", "Province"), "http://127.0.0.1:9/", "whsec_" + "A" * 32)
        self.city = cities.use(replace(self.city, version=self.city.version + 1, endpoints=(endpoint,)))

    def mailbox_for(self, kind: Kind) -> str:
        """A mailbox that takes ``kind``."""
        return next(box.id for box in self.city.mailboxes if kind in box.kinds)

    def swept(self) -> supervising.Swept:
        """The sweep runs now."""
        return supervising.sweep(self.now)

    @property
    def clerk(self) -> Staff:
        """An intake clerk."""
        return Staff("clerk", "赵敏", Role.CLERK, self.city.desk_unit)

    @property
    def supervisor(self) -> Staff:
        """A supervisor."""
        return Staff("supervisor", "钱进", Role.SUPERVISOR, self.city.desk_unit)

    @property
    def some_unit(self) -> str:
        """Any unit but the desk itself."""
        return next(unit.id for unit in self.city.units if unit.id != self.city.desk_unit)

    def handler(self, case: Case) -> Staff:
        """A handler of the case's unit."""
        return Staff("handler", "孙立", Role.HANDLER, case.unit)

    def head(self, case: Case) -> Staff:
        """The head of the case's unit."""
        return Staff("head", "李方", Role.HEAD, case.unit)
