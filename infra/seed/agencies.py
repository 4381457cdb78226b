"""The agencies that the demo city works with: one above it, which has referred a letter by a date, one below, and
who keeps the city's micro-blog account. None has a desk of its own: nothing leaves a demonstration.
"""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk import cities, referring, routing
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.city import Agency, City, Name
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Channel

ABOVE, BELOW, BLOG = "province", "qingyu", "micro-blog"
HEARD_BEFORE = timedelta(days=2, hours=3)
GIVES = timedelta(days=12)


def introduced(city: City) -> City:
    """The city with the agencies that it knows. Their secrets are by chance, and told nobody: an administrator renews
    the one that is needed.
    """
    agencies = (
        Agency(ABOVE, Name("省信访局", "The provincial petition office"), _secret(), "petitions"),
        Agency(
            BELOW, Name("青屿县信访局", "Qingyu county petition office"), _secret(), "petitions", stands=Stands.BELOW
        ),
        Agency(
            BLOG,
            Name("市融媒体中心（微博）", "City media centre (micro-blog)"),
            _secret(),
            "hotline",
            channel=Channel.MICRO_BLOG,
            stands=Stands.BESIDE,
        ),
    )
    return replace(city, agencies=agencies)


def _secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def hear_from_above(now: datetime) -> None:
    """Two days ago the province referred a letter, to be answered by a date of its own; it waits for the clerk."""
    at = now - HEARD_BEFORE
    agency = cities.current().agency(ABOVE)
    assert agency is not None  # it was just introduced
    letter = {
        "number": "省信转〔2026〕0417",
        "kind": "appeal",
        "title": "村口那座老桥该谁来修说了一年没有结果",
        "text": "我们村口的老石桥桥面裂了一道缝，去年汛期后更宽了。问过镇里，镇里说桥在两个乡镇交界，要等上面定；"
        "问过交通部门，说这是村道不归他们。来回跑了一年，还是没有人来看一看。学生每天要从桥上过，我们只想知道到底归谁管、什么时候修。",
        "petitioner": {"name": "邹广田", "phone": "19900008101"},
        "deadline": (at + GIVES).isoformat(),
        "must_report": True,
        "words": "请云汀市信访局明确责任单位，按期办结并报结果。",
        "attachments": ["桥面裂缝照片.jpg"],
    }
    referred = referring.refer(agency, letter, at)
    routing.route(Message(Topic.ROUTING, referred.case_id, 1), at + timedelta(minutes=3))
