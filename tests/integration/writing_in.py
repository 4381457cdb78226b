"""Citizens who write in by SMS and e-mail, and the providers that hand it over, signed."""

import itertools
import json
from base64 import b64encode
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from chalice.test import Client
from msgspec import Struct

from chalicelib.config import config
from chalicelib.desk import mailing, texting
from chalicelib.desk.stopping import talk_with
from chalicelib.entrypoints import queues
from chalicelib.gateways import secrets
from chalicelib.gateways.secrets import Name
from chalicelib.storage import dialogues
from chalicelib.storage.table import DeskItem
from tests.integration.agency import Asked, Sender
from tests.integration.test_queues import batch
from tests.integration.watching import outbox, own, peeked

PHONE = "13800138000"
OURS = "1069123456"
ADDRESS = "wang@example.cn"
MATTER = "菱塘家园三栋楼下的路灯坏了半个月，晚上老人不敢下楼，请派人来修。"
_numbers = itertools.count(1)


class Provider(Struct):
    """A provider of SMS, or an office's mail server."""

    client: Client

    def text(self, said: str, **changes: object) -> Asked:
        """It hands in a text message."""
        body = {"id": f"in-{next(_numbers)}", "from": f"+86{PHONE}", "to": OURS, "text": said, **changes}
        return self.hand_in("/api/sms", body, secrets.valid(Name.SMS_INBOUND)[0])

    def mail(self, raw: bytes) -> Asked:
        """It hands in a mail."""
        return self.hand_in("/api/mail", {"raw": b64encode(raw).decode()}, secrets.valid(Name.MAIL_INBOUND)[0])

    def hand_in(self, path: str, body: object, secret: str) -> Asked:
        """One signed request."""
        sender, content = Sender(self.client, "", secret), json.dumps(body).encode()
        return sender.send("POST", path, content, sender.signed(content))


def texted(*texts: str, phone: str = PHONE, at: datetime | None = None) -> list[texting.Taken]:
    """A citizen sends texts one after another."""
    now = at or datetime.now(UTC)
    said = ({"id": f"in-{next(_numbers)}", "from": phone, "to": OURS, "text": text} for text in texts)
    return [texting.receive(one, now) for one in said]


def thread_with(phone: str = PHONE) -> dialogues.Thread:
    """What was said with a number."""
    kept = dialogues.load("sms", talk_with(phone))
    assert kept is not None
    return texting.opened(talk_with(phone), kept)


def submissions() -> list[str]:
    """The receipts of all that was filed."""
    pages = own("dynamodb").get_paginator("scan").paginate(TableName=config().table)
    keys = ((item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"])
    return [pk.removeprefix("receipt#") for pk, sk in keys if sk == "submission"]


def worked_off() -> None:
    """The queues are worked off: routing first, then whoever is to be told."""
    from chalicelib.domain.messages import Topic

    queues.route_submissions(batch(*[body for body, _ in peeked(Topic.ROUTING)]))
    assert queues.send_notices(batch(*[body for body, _ in peeked(Topic.NOTICES)])) == {"batchItemFailures": []}
    assert not any(identity.startswith("notices.") for identity in outbox())


def letter(text: str = MATTER, subject: str = "路灯坏了", **headers: str) -> EmailMessage:
    """A mail as a citizen's program writes it; ``headers``: with underlines for hyphens, "" for none."""
    mail = EmailMessage()
    said = {
        "From": f"王秀英 <{ADDRESS}>",
        "To": "desk@sunlight.example",
        "Subject": subject,
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": f"<{next(_numbers)}.letter@mail.example.cn>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in said.items():
        if value:
            mail[name] = value
    mail.set_content(text)
    return mail


def arrived(raw: bytes | EmailMessage, key: str = "") -> str:
    """A mail lies in the bucket; gives what the queue is told of it."""
    place = f"{mailing.FOLDER}{key or next(_numbers)}"
    content = raw if isinstance(raw, bytes) else raw.as_bytes()
    own("s3").put_object(Bucket=config().uploads_bucket, Key=place, Body=content)
    told = {"Records": [{"s3": {"bucket": {"name": config().uploads_bucket}, "object": {"key": place}}}]}
    return json.dumps(told)


def read(*bodies: str) -> list[str]:
    """The mail queue is worked off; gives what is to come again."""
    return [one["itemIdentifier"] for one in queues.receive_mail(batch(*bodies))["batchItemFailures"]]


def mailed(raw: bytes | EmailMessage) -> str:
    """A mail is taken in; gives the receipt it led to, "" for none."""
    before = set(submissions())
    assert read(arrived(raw)) == []
    return next(iter(set(submissions()) - before), "")


def items_of(prefix: str) -> list[DeskItem]:
    """The items whose partition begins so."""
    pages = own("dynamodb").get_paginator("scan").paginate(TableName=config().table)
    return [item for page in pages for item in page["Items"] if item["pk"]["S"].startswith(prefix)]
