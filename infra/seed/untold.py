"""The office has worded a notice of its own, and a provider was down last night: a clerk has two citizens to see to."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.desk.sending import GIVEN_UP_AFTER
from chalicelib.desk.setting_words import set_words
from chalicelib.domain.city import City
from chalicelib.domain.ways import Way
from chalicelib.domain.words import Role
from chalicelib.storage import notices
from chalicelib.storage.notices import Sending
from infra.seed.staff import desk_staff

RATING = "【{desk}阳光信访】您的来信（回执号{receipt}）已有答复。事情办得怎么样，请您说句实话：{track}"
LOOKED_BACK = 30  # days
LEFT = 2
TRIES = 121  # of a day: at once, and five in each hour


def leave_untold(city: City, now: datetime) -> None:
    """Word the request for a rating, and leave the latest two SMS as a provider left them that was down for a day."""
    worded_at = now - timedelta(days=12)
    set_words("rating_asked", "zh", Way.SMS, {"text": RATING}, 0, desk_staff(Role.ADMINISTRATOR, city), worded_at)
    days = (now - timedelta(days=number) for number in range(LOOKED_BACK))
    texts = [one for day in days for one in notices.of_day(day) if one.way == Way.SMS and one.state is Sending.SENT]
    for one in texts[:LEFT]:
        down = replace(one, state=Sending.LEFT, attempts=TRIES, at=now, since=now - GIVEN_UP_AFTER, provider_id="")
        notices.end(replace(down, error="NotTaken: HTTP 503"))
