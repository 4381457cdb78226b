"""公文: the Word file has the form of GB/T 9704-2012, whatever words come into it; and an issued paper is issued."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from docx import Document as opened
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from chalicelib.domain.errors import Changed, Invalid, NotAllowed, RuleBroken
from chalicelib.domain.letterhead import Letterhead
from chalicelib.domain.papers import Number, PaperSection, PaperState, drafted, edited, issued, letterhead
from chalicelib.domain.people import Staff
from chalicelib.domain.words import STAFF, Role
from chalicelib.web.charts import Point, bars, columns, line
from chalicelib.web.papers import Document, Heading, Paragraph, Table, docx, numeral

TITLE = "云汀市信访局关于2026年10月信访工作情况的报告"
ROWS = tuple((f"第{number}县", "5,464", "95.88%") for number in range(60))
PAPER = Document(
    head="云汀市信访局",
    number="云信访报〔2026〕10号",
    title=TITLE,
    blocks=(
        Heading("一、总体情况"),
        Paragraph("全市收到来件45件。"),
        Heading("（一）地区", 2),
        Table("各县区", ("县区", "来件", "率"), ROWS),
    ),
    signer="严督",
    addressed_to="市委、市政府",
    signature="云汀市信访局",
    dated=date(2026, 11, 2),
    copies_to="市直有关单位",
    printed_by="云汀市信访局",
)


def said(file: Any, text: str) -> Any:
    """The run that says ``text``."""
    paragraphs = [*file.paragraphs, *(one for table in file.tables for cell in table._cells for one in cell.paragraphs)]
    return next(run for paragraph in paragraphs for run in paragraph.runs if text in run.text)


def font_of(run: Any) -> tuple[str, float]:
    """Its East Asian font, and its size in points."""
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_page_has_the_standard_s_type_area() -> None:
    section = opened(io.BytesIO(docx(PAPER))).sections[0]
    sides = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(side.mm) for side in sides if side is not None] == [37, 35, 28, 26]
    assert [round(side.mm) for side in (section.page_width, section.page_height) if side is not None] == [210, 297]


@pytest.mark.parametrize(
    ("text", "font", "size"),
    [
        (TITLE, "方正小标宋简体", 22),
        ("云信访报〔2026〕10号", "仿宋_GB2312", 16),
        ("一、总体情况", "黑体", 16),
        ("（一）地区", "楷体_GB2312", 16),
        ("全市收到来件45件。", "仿宋_GB2312", 16),
        ("严督", "楷体_GB2312", 16),
        ("抄送：市直有关单位。", "仿宋_GB2312", 14),
        ("2026年11月2日", "仿宋_GB2312", 16),
    ],
)
def test_each_part_stands_there_in_its_font(text: str, font: str, size: float) -> None:
    assert font_of(said(opened(io.BytesIO(docx(PAPER))), text)) == (font, size)


def test_the_issuer_is_red_the_lines_are_28_points_and_the_pages_are_numbered() -> None:
    content = docx(PAPER)
    file = opened(io.BytesIO(content))
    assert str(said(file, "云汀市信访局").font.color.rgb) == "FF0000"
    body = next(one for one in file.paragraphs if one.text.startswith("全市"))
    assert (body.paragraph_format.line_spacing, body.paragraph_format.first_line_indent) == (Pt(28), Pt(32))
    parts = zipfile.ZipFile(io.BytesIO(content))
    footers = [parts.read(name).decode() for name in parts.namelist() if "footer" in name and name.endswith(".xml")]
    assert len(footers) == 2, "odd pages right, even pages left"
    assert all("PAGE" in footer and "— " in footer for footer in footers)
    assert 'w:altName w:val="FangSong"' in parts.read("word/fontTable.xml").decode()


def test_a_table_s_header_stands_again_on_each_page_and_no_row_is_divided() -> None:
    file = opened(io.BytesIO(docx(PAPER)))
    table = file.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["县区", "来件", "率"]
    assert len(table.rows) == len(ROWS) + 1
    first, *rest = (row._tr.get_or_add_trPr() for row in table.rows)
    assert first.find(qn("w:tblHeader")) is not None
    assert all(properties.find(qn("w:cantSplit")) is not None for properties in rest)


def test_what_a_paper_does_not_have_is_left_out() -> None:
    bare = opened(io.BytesIO(docx(Document("机关", "", "标题", ()))))
    assert "抄送" not in "".join(paragraph.text for paragraph in bare.paragraphs)
    assert bare.tables == []


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_word_breaks_the_file(title: str, cell: str) -> None:
    made = docx(Document("机关", title, title, (Paragraph(title), Table(cell, (cell,), ((cell,),))), copies_to=cell))
    parts = zipfile.ZipFile(io.BytesIO(made))
    for name in parts.namelist():
        if name.endswith(".xml"):
            etree.fromstring(parts.read(name))


@pytest.mark.parametrize(
    "title", ["</w:t><w:r>", "&lt;&amp;", "=HYPERLINK(1)", "a\x00b\x1bc", "\ud800x", "]]>", "\"'", "﷐\ufffe"]
)
def test_a_hostile_title_is_words_and_nothing_else(title: str) -> None:
    file = opened(io.BytesIO(docx(Document("机关", "号", title, (Heading(title), Paragraph(title))))))
    kept = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", title)
    assert [paragraph.text for paragraph in file.paragraphs].count(kept) == 3
    assert file.core_properties.title == kept


@pytest.mark.parametrize(
    ("number", "word"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四"), (99, "九十九")]
)
def test_headings_are_numbered_as_they_are_read(number: int, word: str) -> None:
    assert numeral(number) == word


@pytest.mark.parametrize("number", [0, 100, -1])
def test_no_heading_has_such_a_number(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        numeral(number)


# The rules of a paper's life.

AT = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # the first of January in Shanghai
HEAD = Letterhead("云汀市信访局", "云信访报", "市委", "各县")
SECTIONS = (PaperSection("一、总体情况", "原来的话。"), PaperSection("二、建议", ""))


def somebody(role: Role) -> Staff:
    """One of the staff."""
    return Staff(role.value, "某人", role)


CLERK, SUPERVISOR = somebody(Role.CLERK), somebody(Role.SUPERVISOR)
DRAFT = drafted("2026-12", "标题", SECTIONS, HEAD, CLERK, AT)
FORM = {"title": "新标题", "addressed_to": "", "copies_to": "", "text-0": "改过的话。\n第二段。", "text-1": "建议。"}


@pytest.mark.parametrize("role", sorted(STAFF))
def test_who_drafts_edits_and_issues(role: Role) -> None:
    drafts, issues = role in ("clerk", "supervisor", "leader"), role in ("supervisor", "leader")
    steps: tuple[tuple[bool, Callable[[], object]], ...] = (
        (drafts, lambda: drafted("x", "标题", SECTIONS, HEAD, somebody(role), AT)),
        (drafts, lambda: edited(DRAFT, FORM, 1, somebody(role), AT)),
        (issues, lambda: issued(DRAFT, 1, HEAD, 1, somebody(role), AT)),
    )
    for allowed, step in steps:
        if allowed:
            step()
        else:
            with pytest.raises(NotAllowed):
                step()


def test_an_issued_paper_has_its_number_its_day_and_its_signer_and_never_changes_again() -> None:
    paper = issued(edited(DRAFT, FORM, 1, CLERK, AT), 10, HEAD, 2, SUPERVISOR, AT)
    assert str(paper.number) == "云信访报〔2027〕10号", "the year is Shanghai's"
    assert paper.dated == date(2027, 1, 1)
    assert (paper.state, paper.issuer, paper.sections[0].text) == (PaperState.ISSUED, "云汀市信访局", FORM["text-0"])
    with pytest.raises(RuleBroken) as again:
        issued(paper, 11, HEAD, paper.version, SUPERVISOR, AT)
    assert again.value.code == "paper_issued"
    with pytest.raises(RuleBroken):
        edited(paper, FORM, paper.version, SUPERVISOR, AT)


def test_nobody_overwrites_what_another_has_edited_meanwhile() -> None:
    once = edited(DRAFT, FORM, 1, CLERK, AT)
    with pytest.raises(Changed):
        edited(once, FORM, 1, SUPERVISOR, AT)
    with pytest.raises(Changed):
        issued(once, 1, HEAD, 1, SUPERVISOR, AT)


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "长" * 101}, {"title": "a\x00"}, {"text-1": "字" * 5001}])
def test_a_draft_without_a_title_or_with_too_many_words_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        edited(DRAFT, {**FORM, **wrong}, 1, CLERK, AT)


def test_the_letterhead_needs_the_short_form_of_its_numbers() -> None:
    assert letterhead({"issuer": "", "word": "云信访报"}) == Letterhead("", "云信访报")
    with pytest.raises(Invalid):
        letterhead({"word": " "})
    assert str(Number("云信访报", 2026, 10)) == "云信访报〔2026〕10号"


# The charts.


@given(st.lists(st.tuples(st.text(max_size=20), st.one_of(st.none(), st.floats(0, 1))), max_size=14), st.text())
def test_a_chart_is_well_formed_says_what_it_shows_and_has_no_inline_style(
    points: list[tuple[str, float | None]], label: str
) -> None:
    label, drawn = _plain(label), [Point(_plain(name), value) for name, value in points]
    for picture in (columns(drawn, label), bars(drawn, label), line(drawn, label)):
        root = etree.fromstring(picture)
        assert root.get("aria-label") == re.sub(r"[\t\n]", " ", label)
        assert "style" not in {name for element in root.iter() for name in element.attrib}
        tags = {element.tag for element in root.iter()}
        assert tags <= {"svg", "title", "text", "rect", "line", "polyline", "circle"}


def _plain(text: str) -> str:
    return re.sub("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
