"""公文 as a Word file, in the form of GB/T 9704-2012 (党政机关公文格式) as far as a paper has the parts it speaks of.

A ``Document`` says what stands in it; ``docx`` makes the file. Measures are the standard's: A4, the type area 156 mm by
225 mm, twenty-two lines of twenty-eight characters, the text in 3-size (16 pt) 仿宋.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.web.paper_layout import (
    HEADING_FONT,
    SIZE_3,
    SIZE_4,
    SUBHEADING_FONT,
    TEXT_FONT,
    TITLE_FONT,
    WIDTH,
    Font,
    at_the_foot,
    clean,
    keep_whole,
    lay,
    line_below,
    page,
    paragraph,
    right_part,
    say,
    set_in,
    stand_again,
)

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.table import Table as FileTable
    from docx.text.paragraph import Paragraph as FileParagraph

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SIZE_2 = 22.0  # pt: 2号
HEAD_SIZE = 36.0  # pt, of the issuer's mark: as the office decides, striking and solemn (7.2.4)
TABLE_SIZE = 12.0  # pt: 小4号; the standard leaves tables to their maker
RED = "FF0000"
_FIGURE = re.compile(r"[+−]?[0-9][0-9,.]*%?|—")
_NUMERALS = "零一二三四五六七八九"


class Heading(Struct, frozen=True):
    """A heading of the first level (一、in 黑体) or the second ((一) in 楷体), as it is to be read."""

    text: str
    level: int = 1


class Paragraph(Struct, frozen=True):
    """A paragraph of the text, two characters indented."""

    text: str


class Table(Struct, frozen=True):
    """A table; its first row stands again on every page. Figures are set to the right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Table


class Document(Struct, frozen=True):
    """A paper. What is "" or None is left out, as the standard allows."""

    head: str  # 发文机关标志, in red
    number: str  # 发文字号
    title: str
    blocks: tuple[Block, ...]
    signer: str = ""  # 签发人, of a paper to whom stands above (7.2.6)
    addressed_to: str = ""  # 主送机关
    signature: str = ""  # 发文机关署名
    dated: date | None = None  # 成文日期
    copies_to: str = ""  # 抄送机关
    printed_by: str = ""  # 印发机关
    note: str = ""  # in red under the number: that it is a draft


def numeral(number: int) -> str:
    """A number below a hundred as headings are numbered: 一, 十, 十一, 二十. Raises ValueError for another."""
    if not 0 < number < 100:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return f"{ten}{_NUMERALS[ones] if ones else ''}"


def docx(document: Document) -> bytes:
    """The paper as a Word file."""
    from docx import Document as new_file  # lxml and python-docx: 200 ms, for who fetches a paper alone

    file = new_file()
    page(file)
    _head(file, document)
    _title(file, document)
    for block in document.blocks:
        _block(file, block)
    _signature(file, document)
    _record(file, document)
    file.core_properties.title = clean(document.title)[:255]
    file.core_properties.author = clean(document.head)[:255]
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _head(file: "File", document: Document) -> None:
    """版头: the issuer in red, the number, the red line as wide as the type area."""
    mark = paragraph(file, "center")
    say(mark, document.head, TITLE_FONT, HEAD_SIZE, colour=RED)
    lay(mark, "center", line=HEAD_SIZE * 1.4)
    paragraph(file)
    paragraph(file)
    number = paragraph(file, "left" if document.signer else "center")
    if document.signer:  # number and signer stand on one line, each a character in (7.2.5, 7.2.6)
        lay(number, "left", indent=1)  # the line below is not set in with it
        right_part(number, SIZE_3)
    say(number, document.number, TEXT_FONT, SIZE_3)
    if document.signer:
        say(number, "\t签发人：", TEXT_FONT, SIZE_3)
        say(number, document.signer, SUBHEADING_FONT, SIZE_3)
    if document.note:
        note = paragraph(file, "center")
        say(note, document.note, HEADING_FONT, SIZE_3, colour=RED)
        number = note
    line_below(number, colour=RED, points=11)  # 4 mm (7.2.7)


def _title(file: "File", document: Document) -> None:
    paragraph(file)
    paragraph(file)
    title = paragraph(file, "center", line=32)
    _as(title, "Title")
    say(title, document.title, TITLE_FONT, SIZE_2)
    paragraph(file)
    if document.addressed_to:
        say(paragraph(file), f"{document.addressed_to.rstrip('：:')}：", TEXT_FONT, SIZE_3)


def _block(file: "File", block: Block) -> None:
    match block:
        case Heading(text, level):
            heading = paragraph(file, indent=2)
            _as(heading, f"Heading {min(level, 2)}")
            heading.paragraph_format.keep_with_next = True
            say(heading, text, HEADING_FONT if level == 1 else SUBHEADING_FONT, SIZE_3)
        case Paragraph(text):
            say(paragraph(file, "both", indent=2), text, TEXT_FONT, SIZE_3)
        case Table():
            _table(file, block)


def _as(line: "FileParagraph", style: str) -> None:
    """A style of Word's says what the line is, for outlines and readers aloud; how it looks is the standard's."""
    from docx.shared import Pt

    line.style = style
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(0)
    line_below(line)


def _table(file: "File", table: Table) -> None:
    caption = paragraph(file, "center")
    caption.paragraph_format.keep_with_next = True
    say(caption, table.caption, HEADING_FONT, TABLE_SIZE)
    made = file.add_table(rows=1, cols=len(table.header))
    made.style = "Table Grid"
    _widths(made, table)
    _row(made.rows[0].cells, table.header, HEADING_FONT, of_header=True)
    stand_again(made.rows[0])
    for row in table.rows:
        added = made.add_row()
        keep_whole(added)
        _row(added.cells, row, TEXT_FONT)
    paragraph(file, line=14)


def _widths(made: "FileTable", table: Table) -> None:
    """Each column as wide as its longest cell needs in proportion, within the type area."""
    from docx.shared import Mm

    longest = [
        min(11.5, max(3, *(_breadth(row[place]) for row in (table.header, *table.rows))))
        for place in range(len(table.header))
    ]
    made.autofit = False
    for column, share in zip(made.columns, longest, strict=True):
        column.width = Mm(WIDTH * share / sum(longest))


def _breadth(text: str) -> float:
    """In characters as wide as they are high."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.6 for one in text) + 1.2


def _row(cells: Iterable[Any], texts: Sequence[str], font: Font, *, of_header: bool = False) -> None:
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        line = cell.paragraphs[0]
        lay(line, "center" if of_header else "right" if place and _FIGURE.fullmatch(text) else "left", line=18)
        say(line, text, font, TABLE_SIZE)


def _signature(file: "File", document: Document) -> None:
    """署名 and 成文日期, of a paper without a seal: the name two characters in from the right, the date below it two
    further than where the name begins (7.3.5.3).
    """
    if not document.signature and document.dated is None:
        return
    paragraph(file)
    dated = "" if document.dated is None else on_paper(document.dated)
    name_wide, date_wide = _breadth(document.signature), _breadth(dated)
    name_in = 2 + max(0.0, date_wide + 2 - name_wide)
    for text, right in ((document.signature, name_in), (dated, max(2.0, name_in + name_wide - 2 - date_wide))):
        if text:
            line = paragraph(file, "right")
            set_in(line, SIZE_3 * right, right=True)
            line.paragraph_format.keep_with_next = text == document.signature
            say(line, text, TEXT_FONT, SIZE_3)


def on_paper(day: date) -> str:
    """2026年10月1日: the months and days without noughts (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _record(file: "File", document: Document) -> None:
    """版记: who gets copies, who printed it and when; in 4-size 仿宋 between lines, at the foot of the last page."""
    lines = []
    if document.copies_to:
        lines.append((f"抄送：{document.copies_to.rstrip('。')}。", ""))
    if document.printed_by and document.dated is not None:
        lines.append((document.printed_by, f"{on_paper(document.dated)}印发"))
    if not lines:
        return
    from docx.shared import Mm

    table = file.add_table(rows=len(lines), cols=1)
    table.columns[0].width = Mm(WIDTH)
    at_the_foot(table)
    for number, (left, right) in enumerate(lines):
        line = table.rows[number].cells[0].paragraphs[0]
        lay(line, "left")
        set_in(line, SIZE_4)
        set_in(line, SIZE_4, right=True)
        say(line, left, TEXT_FONT, SIZE_4)
        if right:
            right_part(line, 2 * SIZE_4)
            say(line, f"\t{right}", TEXT_FONT, SIZE_4)
    paragraph(file, line=1)
