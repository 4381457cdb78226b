"""公文 on a desk at work: drafted from a month, edited, issued under the next number of the year, fetched as Word."""

import io
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.config import config
from chalicelib.desk import cities, issuing, reporting
from chalicelib.domain.errors import Changed, RuleBroken
from chalicelib.domain.facts import month_of
from chalicelib.domain.papers import PaperSection
from chalicelib.domain.people import Staff
from chalicelib.domain.periods import shifted
from chalicelib.domain.words import Role
from chalicelib.storage import papers, reports
from chalicelib.web.papers import Document as Official
from chalicelib.web.papers import docx
from tests.integration.desk import Desk
from tests.integration.reporting import month_of_matters
from tests.integration.test_console import visitor
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, overtaken, own

pytestmark = pytest.mark.usefixtures("empty_bucket")

ROOM = "/console/reports"
AT = datetime(2026, 10, 17, 2, tzinfo=UTC)
SUPERVISOR = Staff("supervisor", "严督", Role.SUPERVISOR, "petition-office")
SECTIONS = (PaperSection("一、总体情况", "一切正常。"),)


def fetched(place: str) -> str:
    """All words of the Word file at a place where it can be fetched."""
    key = urlsplit(place).path.removeprefix("/uploads/").removeprefix("/")
    kept = own("s3").get_object(Bucket=config().uploads_bucket, Key=key.removeprefix(f"{config().uploads_bucket}/"))
    file = Document(io.BytesIO(kept["Body"].read()))
    cells = (cell.text for table in file.tables for cell in table._cells)
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


def drafted(name: str) -> int:
    """A draft by this name; gives its version."""
    return issuing.draft(name, f"关于{name}的报告", SECTIONS, SUPERVISOR, AT).version


@pytest.fixture
def month(desk: Desk) -> str:
    """Last month, counted."""
    now = datetime.now(UTC)
    last = shifted(month_of(now), -1)
    month_of_matters(desk.city, last, 6)
    reports.save(last, reporting.count(last), now)
    return f"{last:%Y-%m}"


def draft_of(month: str) -> tuple[Visitor, str]:
    """The supervisor with the draft open."""
    person = visitor(Role.SUPERVISOR).get(f"{ROOM}/period/{month}")
    place = person.send(f"{ROOM}/period/{month}/paper").location
    return person.get(place), place


def test_a_paper_goes_from_the_month_s_figures_to_the_word_file_by_forms_alone(month: str) -> None:
    person, place = draft_of(month)
    assert "收到来件6件" in person.page
    year = datetime.now(UTC).year
    assert f"云信访报〔{year}〕1号" in person.page
    texts = dict(re.findall(r'<textarea name="(text-\d+)"[^>]*>([^<]*)</textarea>', person.page))
    assert len(texts) == 8
    form = {
        **texts,
        "title": "关于上月信访工作的报告",
        "addressed_to": "市委",
        "copies_to": "各县",
        "text-7": "建议一条。",
    }
    assert person.send(f"{place}/text", **form).status == 303
    draft = fetched(person.get(f"{place}.docx").location)
    assert "草　　稿" in draft
    assert f"〔{year}〕　号" in draft
    assert person.get(place).send(f"{place}/issue").status == 303
    issued = person.get(place).page
    assert "严督" in issued
    assert "<textarea" not in issued
    text = fetched(person.get(f"{place}.docx").location)
    wanted = (
        f"云信访报〔{year}〕1号",
        "关于上月信访工作的报告",
        "市委：",
        "建议一条。",
        "抄送：各县。",
        "签发人：严督",
        "主要数字",
    )
    for part in wanted:
        assert part in text, part
    assert "草　　稿" not in text
    assert "关于上月信访工作的报告" in person.get(f"{ROOM}/papers").page


def test_an_issued_paper_is_not_changed_by_any_form_nor_by_other_settings(month: str) -> None:
    person, place = draft_of(month)
    form = person.hidden()
    person.send(f"{place}/issue")
    kept = everything()[f"paper#{month} paper"]
    later = {**form, "version": "2"}
    assert person.post(f"{place}/text", **later, title="别的").status == 409
    assert person.post(f"{place}/issue", **later).status == 409
    admin = visitor(Role.ADMINISTRATOR).get("/console/admin")
    assert (
        admin.send("/console/admin/papers", issuer="别的机关", word="别字", addressed_to="", copies_to="").status == 303
    )
    assert cities.refreshed().letterhead.word == "别字"
    assert everything()[f"paper#{month} paper"] == kept
    assert "云信访报" in fetched(person.get(f"{place}.docx").location)
    assert "别的机关" not in person.get(place).page


def test_a_period_has_one_draft_and_asking_again_gives_it(month: str) -> None:
    person, place = draft_of(month)
    assert "查看这一期的公文" in person.get(f"{ROOM}/period/{month}").page
    csrf = person.get(place).hidden()["csrf"]
    assert person.post(f"{ROOM}/period/{month}/paper", csrf=csrf).location == place
    assert len(papers.drafts()) == 1


def test_what_was_typed_is_still_there_when_it_is_refused(month: str) -> None:
    person, place = draft_of(month)
    refused = person.send(f"{place}/text", **{"title": "", "text-0": "我写了很久的话"})
    assert refused.status == 400
    assert "我写了很久的话" in refused.page
    assert "这一项必须填写" in refused.page


def test_a_clerk_drafts_and_does_not_issue(month: str) -> None:
    clerk = visitor(Role.CLERK).get(f"{ROOM}/period/{month}")
    place = clerk.send(f"{ROOM}/period/{month}/paper").location
    assert "印发并编号" not in clerk.get(place).page
    assert clerk.send(f"{place}/issue").status == 403


def test_numbers_are_given_in_order_without_a_gap_and_begin_anew_with_the_year(table: str) -> None:
    for name in ("2026-07", "2026-08", "2026-09", "2026"):
        drafted(name)
    at = {"2026": AT.replace(year=2027)}
    names = ("2026-09", "2026-07", "2026-08", "2026")
    given_numbers = [issuing.issue(name, 1, SUPERVISOR, at.get(name, AT)).number for name in names]
    assert [(one.year, one.serial) for one in given_numbers if one] == [(2026, 1), (2026, 2), (2026, 3), (2027, 1)]
    assert [line.number for line in papers.of_year(2026)] == [f"云信访报〔2026〕{serial}号" for serial in (3, 2, 1)]
    assert papers.years() == [2027, 2026]
    assert papers.drafts() == []
    with pytest.raises(RuleBroken):
        issuing.issue("2026-09", 2, SUPERVISOR, AT)
    assert papers.last_serial(2026) == 3


def test_two_papers_issued_at_the_same_moment_have_two_numbers(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted("2026-07")
    drafted("2026-08")
    taken = papers.last_serial

    def overtaken(year: int) -> int:
        seen = taken(year)
        monkeypatch.setattr(papers, "last_serial", taken)
        issuing.issue("2026-08", 1, SUPERVISOR, AT)
        return seen

    monkeypatch.setattr(papers, "last_serial", overtaken)
    assert str(issuing.issue("2026-07", 1, SUPERVISOR, AT).number) == "云信访报〔2026〕2号"
    assert [line.id for line in papers.of_year(2026)] == ["2026-07", "2026-08"]


def test_a_paper_edited_at_the_moment_of_issue_is_not_issued_unread_and_no_number_is_lost(table: str) -> None:
    drafted("2026-07")
    issuing.edit("2026-07", {"title": "改了", "text-0": "改了"}, 1, SUPERVISOR, AT)
    with pytest.raises(Changed):
        issuing.issue("2026-07", 1, SUPERVISOR, AT)
    assert papers.last_serial(2026) == 0
    assert str(issuing.issue("2026-07", 2, SUPERVISOR, AT).number) == "云信访报〔2026〕1号"


@settings(max_examples=5, deadline=None)
@given(st.text(alphabet="年月<>&'\"=＝〔〕:/\\ ", min_size=1, max_size=20))
def test_a_title_of_any_marks_is_a_title(title: str) -> None:
    file = Document(io.BytesIO(docx(Official("机关", "", title, ()))))
    assert title in [one.text for one in file.paragraphs]


def test_who_is_overtaken_at_every_try_is_told_so_and_the_paper_stays_a_draft(table: str) -> None:
    drafted("2026-07")
    with overtaken(times=issuing.TRIES), pytest.raises(Changed):
        issuing.issue("2026-07", 1, SUPERVISOR, AT)
    assert (papers.last_serial(2026), [line.id for line in issuing.drafts()]) == (0, ["2026-07"])
