"""The demo city has an endpoint to look at, and tells nobody."""

from datetime import UTC, datetime

from chalicelib.desk import cities, hook_log
from chalicelib.domain.city import City
from infra.seed.hooks import connect


def test_a_newcomer_sees_two_tests_in_the_log_of_an_endpoint_that_is_paused(city: City) -> None:
    connect(datetime(2026, 3, 16, 4, 0, tzinfo=UTC))
    [endpoint] = cities.refreshed().endpoints
    assert hook_log.standing_of(endpoint).state == "paused"
    logged = hook_log.log(endpoint.id, failed_only=False, before="").deliveries
    assert [(one.status, one.answer) for one in logged] == [(200, "收到"), (503, "系统升级维护中，请稍后再试。")]
