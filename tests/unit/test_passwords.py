"""What a password must be, and from where one signs in: as an office reads it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.common_passwords import COMMON, ROOTS
from chalicelib.domain.devices import coarse, device_of
from chalicelib.domain.passwords import LONGEST, SHORTEST, fault_of, normal
from chalicelib.domain.people import Staff
from chalicelib.domain.signing import (
    STRICT,
    Provider,
    Second,
    Signing,
    Stage,
    needs_second,
    next_stage,
    provider_proved,
)
from chalicelib.domain.words import STAFF, Role

LOGIN, NAME = "zhaomin", "赵敏敏"


def why(password: str) -> str:
    """The code of what is wrong, "" for nothing."""
    fault = fault_of(password, LOGIN, NAME)
    return fault.code if fault else ""


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("四个不相干的词 茶杯", ""),
        ("correct horse battery", ""),
        ("8fK2-wQ9z-7mTp", ""),
        ("x9!Kq", "account.password"),
        ("会" * 201, "account.password"),
        ("1234567890", "password.common"),
        ("１２３４５６７８９０", "password.common"),
        ("Password2026", "password.common"),
        ("p@ssw0rd_2026", ""),
        ("woaini1314", "password.common"),
        ("WoAiNi-5201314", "password.common"),
        ("我爱你5201314", "password.common"),
        ("阳光信访2026!!", "password.common"),
        ("qwertyuiop", "password.common"),
        ("fghjklzxcv", "password.common"),
        ("abcabcabcabc", "password.common"),
        ("ababababab1", "password.common"),
        ("!!!!!!!!!!", "password.common"),
        ("zhaomin2026", "password.own_name"),
        ("zhaomin.zhaomin", "password.own_name"),
        ("赵敏敏20260101"[:11], "password.own_name"),
    ],
)
def test_a_password_that_everybody_tries_first_is_refused(password: str, code: str) -> None:
    assert why(password) == code


@pytest.mark.parametrize("password", sorted(COMMON))
def test_every_favourite_of_the_list_is_long_enough_to_be_tried_and_refused(password: str) -> None:
    assert len(password) >= SHORTEST
    assert why(password) == why(password.upper()) == "password.common"


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=LONGEST + 20))
def test_any_text_is_taken_or_refused_and_the_same_however_it_was_typed(password: str) -> None:
    assert why(password) == why(normal(password))
    assert normal(normal(password)) == normal(password)
    if not SHORTEST <= len(normal(password)) <= LONGEST:
        assert why(password) == "account.password"


def test_the_roots_hold_no_digits_at_their_ends_or_they_would_never_be_found() -> None:
    assert [root for root in ROOTS if root != root.strip("0123456789")] == []


# Devices.


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "chrome", "windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "edge", "windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/111 Mobile Safari/537.36 MicroMessenger/8.0", "wechat", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17.0 Safari/604.1", "safari", "ios"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko Firefox/121.0", "firefox", "mac"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) HuaweiBrowser/5.0 Chrome/114", "huawei", "harmony"),
        ("", "other", "other"),
        ("x" * 100_000, "other", "other"),
    ],
)
def test_a_device_is_known_by_its_browser_and_system_and_nothing_finer(said: str, browser: str, system: str) -> None:
    found = device_of(said, "198.51.100.7")
    assert (found.browser, found.system, found.network) == (browser, system, "198.51.*.*")


@pytest.mark.parametrize(
    ("address", "shown"), [("2001:db8:1:2::5", "2001:db8:*"), ("", ""), ("nonsense", ""), ("1.2.3.4", "1.2.*.*")]
)
def test_an_address_is_kept_without_what_points_to_one_house(address: str, shown: str) -> None:
    assert coarse(address) == shown


# What comes after the password.


@pytest.mark.parametrize(
    ("has_second", "needs", "proven", "must_change", "stage"),
    [
        (False, False, False, False, Stage.IN),
        (True, False, False, False, Stage.CODE),
        (True, True, False, True, Stage.CODE),
        (True, True, True, True, Stage.PASSWORD),
        (True, True, True, False, Stage.IN),
        (False, True, False, True, Stage.PASSWORD),
        (False, True, False, False, Stage.ENROL),
        (False, True, True, False, Stage.IN),
        (False, False, False, True, Stage.PASSWORD),
    ],
)
def test_what_is_still_missing_after_the_password(
    has_second: bool, needs: bool, proven: bool, must_change: bool, stage: Stage
) -> None:
    assert next_stage(has_second=has_second, needs=needs, proven=proven, must_change=must_change) is stage


@pytest.mark.parametrize("role", sorted(STAFF))
def test_an_office_begins_with_two_steps_for_administrators_leaders_and_the_discipline_line(role: Role) -> None:
    signing, sealed = Signing(STRICT), {"discipline"}
    elsewhere = Staff("x", "某", role, "education")
    assert needs_second(elsewhere, signing, sealed) == (role in (Role.ADMINISTRATOR, Role.LEADER))
    there = Staff("x", "某", role, "discipline")
    assert needs_second(there, signing, sealed) == (role not in (Role.CLERK, Role.SUPERVISOR, Role.LAY_SUPERVISOR))
    assert not needs_second(there, Signing(), sealed)


def test_a_provider_s_second_step_counts_where_the_office_says_so_and_the_provider_names_it() -> None:
    provider = Provider("https://id.example.cn", "desk", "", "统一", acr=("level-2",))
    assert provider_proved(provider, ["pwd", "mfa"], "")
    assert provider_proved(provider, [], "level-2")
    assert not provider_proved(provider, ["pwd"], "level-1")
    assert not provider_proved(provider, [], "")
    ours = Provider("https://id.example.cn", "desk", "", "统一", second=Second.OURS, acr=("level-2",))
    assert not provider_proved(ours, ["mfa"], "level-2")
