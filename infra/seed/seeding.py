"""Seeds a desk: the city, its staff, the stories, receptions, exams and backlog, and the months and days gone by."""

from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.desk import cities
from chalicelib.desk.assessing import assess, month_before, publish, run_table
from chalicelib.desk.closing_days import close_days
from chalicelib.desk.reporting import close_months
from chalicelib.desk.signing_in import open_account
from chalicelib.desk.topic_tending import tend
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import following
from chalicelib.domain.words import Role
from chalicelib.storage import settings
from infra.migrations.running import begin
from infra.seed import DEMO_ACCOUNTS
from infra.seed.agencies import hear_from_above, introduced
from infra.seed.backlog import fall_behind
from infra.seed.counter import receive_at_the_counter
from infra.seed.exams import examine
from infra.seed.hooks import connect
from infra.seed.lay import look_on
from infra.seed.learning import BEFORE, teach
from infra.seed.playing import play
from infra.seed.receptions import receive
from infra.seed.staff import demo_staff, desk_staff
from infra.seed.stories import stories
from infra.seed.untold import leave_untold
from infra.seed.working_off import work_off

COUNTED_AT = time(0, 30)  # of the first day of the month after


def seed(now: datetime) -> int:
    """Fill an empty desk; gives the number of letters, 0 for a desk that has a city already."""
    if not lay_out():
        return 0
    city = cities.current()
    told = stories()
    teach(city, now - timedelta(days=max(story.days_ago for story in told)) - BEFORE)
    play(told, now, work_off)
    receive(now, work_off)
    receive_at_the_counter(now, work_off)
    examine(now, work_off)
    look_on(now, work_off)
    hear_from_above(now)
    fall_behind(now, work_off)
    leave_untold(city, now)
    for month in _months_over(now):
        _assess(month, now, desk_staff(Role.LEADER, city))
    close_days(now)
    tend(now)
    close_months(now)
    connect(now)
    return len(told)


def lay_out() -> bool:
    """The city, the agencies that it works with and its accounts, and no letters; False for a desk that has a city."""
    if settings.load_city() is not None:
        return False
    begin()
    city = default_city()
    talk = replace(city.talk, always=True)  # whoever tries it may come at any hour
    settings.save_city(introduced(replace(city, talk=talk)))
    city = cities.refreshed()
    for account in DEMO_ACCOUNTS:
        open_account(demo_staff(account, city), account.password)
    return True


def _assess(month: date, now: datetime, leader: Staff) -> None:
    """The month is counted on its first morning, and published once nobody may contest it any more."""
    counted_at = min(now, datetime.combine(following(month), COUNTED_AT, SHANGHAI))
    assess(month, counted_at)
    found = run_table(month)
    assert found is not None  # it was just counted
    approved_at = found.run.contest_until + timedelta(hours=10)
    if approved_at < now:
        publish(month, found.run.version, leader, approved_at)


def _months_over(now: datetime) -> list[date]:
    """The months that the stories reach and that have ended, earliest first."""
    latest = month_before(now)
    before = month_before(datetime.combine(latest, time(12), SHANGHAI))
    return [month_before(datetime.combine(before, time(12), SHANGHAI)), before, latest]
