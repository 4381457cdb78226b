"""The model's page and the offers on a case: who sees what, in which order, and what a form does."""

import re
from urllib.parse import quote

import pytest

from chalicelib.config import config
from chalicelib.domain.case import Case
from chalicelib.domain.learning import Comparison
from chalicelib.domain.words import Kind, Role, State
from chalicelib.entrypoints.console.learning_figures import percent
from chalicelib.storage import cases
from chalicelib.storage import learning as stored
from chalicelib.web.sparks import shares_line
from tests.integration.desk import Desk
from tests.integration.taught import ROADS, STREETS, at_work, taught
from tests.integration.test_console import visitor
from tests.integration.test_learning import ORDER, WORKS, decided, text_of
from tests.integration.visitor import Visitor
from tests.integration.watching import own

PAGE = "/console/learning"
ENTER = (Role.CLERK, Role.LEADER, Role.ADMINISTRATOR)
BEATEN = Comparison(60, 55, 0.91, 40, 40, "old", 48, 0.82, 30, 29, 9, 2, 0.03)
pytestmark = pytest.mark.usefixtures("empty_bucket")


def offered(page: str) -> list[tuple[str, bool]]:
    """The offers of the page's form, in their order, and whether each is marked."""
    found = re.findall(r'<input type="radio" name="offer" value="([\w.]+)"[^>]*?( checked)?>', page)
    return [(value, bool(marked)) for value, marked in found]


def unsure(desk: Desk) -> Case:
    at_work(taught(certainty=2.0), desk.now)
    return desk.registered(**text_of("一件说不清的事，门口的路灯也不亮"))


# The page.


def test_a_room_without_a_model_says_what_to_do_next(now: Desk) -> None:
    for role in ENTER:
        page = visitor(role).get(PAGE).page
        assert "还没有模型" in page
        assert "make letters" in page
        assert 'action="/console/learning' not in page


@pytest.mark.parametrize("role", ENTER)
def test_the_model_at_work_is_shown_to_all_and_changed_by_the_administrator_alone(now: Desk, role: Role) -> None:
    entry = at_work(taught(), now.now, comparison=BEATEN)
    manages = role is Role.ADMINISTRATOR
    person = visitor(role).get(PAGE)
    assert entry.fingerprint[:8] in person.page
    for told in ("400 封来信", "李工", "90%", "把握够时判定类别", "60 封", "新的判对 55 封"):
        assert told in person.page
    for step in ("return", "threshold", "trial"):
        assert (f'action="{PAGE}/{step}"' in person.page) is (manages and step != "trial")
    token = {"csrf": person.hidden().get("csrf", "") or token_of(person), "seen": "1"}
    assert person.post(f"{PAGE}/threshold", sure_from="80", **token).status == (303 if manages else 403)
    token["seen"] = "2" if manages else "1"
    assert person.post(f"{PAGE}/return", **token).status == (303 if manages else 403)


def token_of(person: Visitor) -> str:
    """The token of somebody who is offered no form here."""
    cases_page = Visitor(person.staff, person.cookie).get("/console/queue")
    found = re.findall(r'name="csrf" value="([^"]+)"', cases_page.page)
    return found[0] if found else "none"


def test_the_one_before_is_put_back_by_forms_alone(now: Desk) -> None:
    first = at_work(taught(), now.now)
    second = at_work(taught(certainty=3.0), now.now)
    admin = visitor(Role.ADMINISTRATOR).get(PAGE)
    assert f"换回模型 {first.fingerprint[:8]}" in admin.page
    assert admin.send(f"{PAGE}/return").status == 303
    page = admin.get(admin.location).page
    assert "已换回" in page
    assert f"换回模型 {second.fingerprint[:8]}" in page
    assert "恢复第 1 次的设置" in page
    admin.post(f"{PAGE}/return", csrf=admin.hidden()["csrf"], seen="2")
    assert admin.status == 409
    assert "刚才有别人改动了" in admin.page


def test_a_threshold_is_set_and_a_wrong_one_keeps_what_was_typed(now: Desk) -> None:
    at_work(taught(), now.now)
    admin = visitor(Role.ADMINISTRATOR).get(PAGE)
    assert admin.send(f"{PAGE}/threshold", sure_from="120").status == 400
    assert 'value="120"' in admin.page
    assert 'id="wrong-sure_from"' in admin.page
    assert admin.send(f"{PAGE}/threshold", sure_from=" 85% ").status == 303
    assert "85% <small>本单位设定" in admin.get(PAGE).page
    assert admin.send(f"{PAGE}/threshold", sure_from="").status == 303
    assert "90% <small>模型自带" in admin.get(PAGE).page


def test_a_trial_shows_how_far_it_is_and_is_ended_by_a_button(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work(taught(), now.now, on_trial=True)
    decided(now, 2)
    admin = visitor(Role.ADMINISTRATOR).get(PAGE)
    assert "判定了 2 封，模型说对 2 封" in admin.page
    assert f"{PAGE}/trial" not in admin.page
    token = admin.hidden()
    assert admin.post(f"{PAGE}/trial", csrf=token["csrf"], seen="1").status == 409
    assert "试用还没有达到条件" in admin.page
    monkeypatch.setattr("chalicelib.domain.learning.FEWEST_DECIDED", 2)
    monkeypatch.setattr("chalicelib.domain.learning.FEWEST_SURE", 2)
    admin.get(PAGE)
    assert admin.send(f"{PAGE}/trial").status == 303
    assert "把握够时判定类别" in admin.get(PAGE).page


def test_figures_by_category_and_month_with_what_was_taken_for_what(now: Desk) -> None:
    at_work(taught(), now.now, on_trial=True)
    decided(now, 2)
    wrong = decided(now, 1, right=False)
    clerk = visitor(Role.CLERK).get(PAGE)
    for told in ("66%", "2/3", "0/1", '<svg class="shares"', f"模型说“{STREETS}”，实际是“{ROADS}”"):
        assert told in clerk.page
    link = f"?said={quote(STREETS)}&amp;was={quote(ROADS)}#confusions"
    assert link in clerk.page
    assert f"/console/cases/{wrong[0]}" not in clerk.page
    opened = clerk.get(f"{PAGE}?said={quote(STREETS)}&was={quote(ROADS)}")
    assert f"/console/cases/{wrong[0]}" in opened.page
    for role in (Role.LEADER, Role.ADMINISTRATOR):
        other = visitor(role).get(f"{PAGE}?said={quote(STREETS)}&was={quote(ROADS)}")
        assert (link in other.page, "/console/cases/" in other.page) == (False, False)
        assert "66%" in other.page
    assert clerk.get(f"{PAGE}?said=<script>&was=%00").status == 200
    assert "<script>" not in clerk.page


def test_a_damaged_model_is_shown_in_red(now: Desk) -> None:
    entry = at_work(taught(), now.now)
    own("s3").put_object(Bucket=config().uploads_bucket, Key=entry.key, Body=b"nonsense")
    now.routed()
    page = visitor(Role.LEADER).get(PAGE).page
    assert '<p class="wrong" role="alert">模型' in page
    assert "文件已损坏" in page
    at_work(taught(certainty=3.0), now.now)
    assert "文件已损坏" not in visitor(Role.LEADER).get(PAGE).page, "it was another one's"


def test_the_page_is_there_in_english(now: Desk) -> None:
    at_work(taught(), now.now, on_trial=True, comparison=BEATEN, demo=True)
    decided(now, 1)
    page = visitor(Role.ADMINISTRATOR).get(f"{PAGE}?lang=en").page
    for told in ("The model at work", "demonstration model", "Before, both were tried on 60 letters", "Sure from"):
        assert told in page


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert [percent(*one) for one in ((999, 1000), (0, 0), (3, 3))] == ["99%", "—", "100%"]


def test_a_line_is_broken_where_nothing_is_known() -> None:
    drawn = shares_line([0.5, None, 1.0, 0.0], 'a "b" <c>')
    assert drawn.count("<circle") == 3
    assert drawn.count("<polyline") == 1
    assert "&lt;c&gt;" in drawn
    assert "<circle" not in shares_line([], "") + shares_line([None] * 12, "")


# The offers.


def test_the_models_offers_stand_first_with_confidence_and_words(now: Desk) -> None:
    case = unsure(now)
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    form = page.partition("/acceptance")[2].partition("</form>")[0]
    assert [value for value, _ in offered(form)][:2] == [ORDER, WORKS]
    assert not any(marked for value, marked in offered(form) if value != case.category)
    assert re.search(r"模型把握 \d\d%", form)
    assert "路灯" in form.partition("</p>")[0] or "说不清" in form.partition("</p>")[0]
    assert form.index('name="offer"') < form.index('<select name="category"')
    assert page.index("/acceptance") < page.index("/refusal")


def test_one_click_takes_an_offer_and_suggests_its_unit(now: Desk) -> None:
    case = unsure(now)
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    assert clerk.send(f"/console/cases/{case.case_id}/acceptance", offer=ORDER, category="").status == 303
    after = cases.load(case.case_id)
    assert (after.state, after.category, after.suggested_unit) == (State.ACCEPTED, ORDER, "dizhou-urban-management")
    page = clerk.get(f"/console/cases/{case.case_id}").page
    dispatch = page.partition("/dispatch")[2].partition("</form>")[0]
    assert (ORDER, True) in offered(dispatch)
    assert '<option value="dizhou-urban-management" selected>' in dispatch


def test_the_list_wins_over_the_mark_that_was_there_and_two_choices_are_refused(now: Desk) -> None:
    case = unsure(now)
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    path = f"/console/cases/{case.case_id}/acceptance"
    clerk.send(path, offer=ORDER, offer_was="", category=WORKS)
    assert clerk.status == 400
    assert "请只留一个" in clerk.page
    assert (ORDER, True) in offered(clerk.page), "what was chosen is still there"
    assert clerk.send(path, offer=ORDER, offer_was=ORDER, category=WORKS).status == 303
    assert cases.load(case.case_id).category == WORKS


def test_a_category_that_the_city_does_not_have_is_refused(now: Desk) -> None:
    case = unsure(now)
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    for field in ("offer", "category"):
        wrong = {"offer": "", "category": "", field: "<b>nonsense"}
        assert clerk.send(f"/console/cases/{case.case_id}/acceptance", **wrong).status == 400
        assert "<b>nonsense" not in clerk.page


def test_without_a_model_the_list_alone_is_there_and_nothing_chosen_decides_nothing(now: Desk) -> None:
    case = now.registered(**text_of("一件说不清的事"))
    clerk = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
    form = clerk.page.partition("/acceptance")[2].partition("</form>")[0]
    assert offered(form) == []
    assert '<select name="category">' in form
    assert clerk.send(f"/console/cases/{case.case_id}/acceptance", category="").status == 303
    assert stored.decision_of(case.case_id, case.opened_at) is None


def test_an_accusation_is_offered_nothing(now: Desk) -> None:
    at_work(taught(), now.now)
    case = now.routed(
        kind="accusation", mailbox=now.mailbox_for(Kind.ACCUSATION), title="举报", text="有一件说不清的事。"
    )
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    assert 'name="category"' not in page
    assert "模型" not in page.partition("</nav>")[2]


def test_the_record_shows_why_in_words(now: Desk) -> None:
    case = unsure(now)
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    assert re.search(rf"模型认为可能属于“{STREETS}”（把握 \d\d%）", page)
    assert "模型依据信中“" in page


def test_a_class_in_which_no_word_tells_is_for_the_list(now: Desk) -> None:
    at_work(taught({"交通运输": ("说不清",), "教育文体": ("学校",)}, certainty=2.0), now.now)
    case = now.registered(**text_of("一件说不清的事"))
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    assert "模型还想到“交通运输”一类" in page
