"""How a line, a page and a table of a Word file are laid: measures, fonts and lines, below ``web.papers``.

python-docx has no words for borders, fields, rows that stand again on each page and East Asian fonts; those are set in
the file's own XML (ECMA-376, part 1, chapter 17), each in the place that its schema gives it.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as File
    from docx.table import Table as FileTable
    from docx.text.paragraph import Paragraph as FileParagraph
    from docx.text.run import Run

TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26  # mm: 天头, and what the type area leaves (GB/T 9704-2012, 5.2.1, 5.2.2)
WIDTH = 156  # mm, of the type area
LINE = 28  # pt: twenty-two of them fill the type area's height (5.2.3)
SIZE_3, SIZE_4 = 16.0, 14.0  # pt: 3号, 4号

Font = tuple[str, str]
"""A font's name as Chinese offices know it, and one that a machine without it may take instead."""

TITLE_FONT: Font = ("方正小标宋简体", "SimSun")
TEXT_FONT: Font = ("仿宋_GB2312", "FangSong")
HEADING_FONT: Font = ("黑体", "SimHei")
SUBHEADING_FONT: Font = ("楷体_GB2312", "KaiTi")
PAGE_FONT: Font = ("宋体", "SimSun")
_FONTS = (TITLE_FONT, TEXT_FONT, HEADING_FONT, SUBHEADING_FONT, PAGE_FONT)

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AFTER_BORDERS = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
                  "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid",
                  "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc",
                  "w:textDirection", "w:textAlignment", "w:outlineLvl", "w:rPr")  # fmt: skip
_AFTER_PLACE = ("w:tblOverlap", "w:tblW", "w:jc", "w:tblInd", "w:tblBorders", "w:tblLayout", "w:tblLook")
_AFTER_TABLE_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def clean(text: str) -> str:
    """``text`` without what XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def page(file: "File") -> None:
    """A4 with the standard's type area; page numbers at the outer edges; the fonts and what may stand for them."""
    from docx.shared import Mm, Pt

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance = Mm(BOTTOM - 7 - 5)  # the number's upper edge 7 mm below the type area (7.5)
    usual = file.styles["Normal"]
    usual.font.size = Pt(SIZE_3)
    _use_font(usual.element.get_or_add_rPr(), TEXT_FONT)
    file.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        _page_number(footer.paragraphs[0], side)
    _name_fonts(file)


def _page_number(paragraph: "FileParagraph", side: str) -> None:
    """— 1 —, in 4-size 宋体, a character in from the outer edge."""
    lay(paragraph, side, line=SIZE_4 * 1.4)
    set_in(paragraph, SIZE_4, right=side == "right")
    say(paragraph, "— ", PAGE_FONT, SIZE_4)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = say(paragraph, "", PAGE_FONT, SIZE_4)
        _field(run, kind, text)
    say(paragraph, " —", PAGE_FONT, SIZE_4)


def _field(run: "Run", kind: str, text: str) -> None:
    if kind:
        _child(run._r, "w:fldChar", fldCharType=kind)
    else:
        _child(run._r, "w:instrText").text = text


def paragraph(file: "File", side: str = "left", *, indent: float = 0.0, line: float = LINE) -> "FileParagraph":
    """A new paragraph, laid as ``lay`` does."""
    made = file.add_paragraph()
    lay(made, side, indent=indent, line=line)
    return made


def lay(paragraph: "FileParagraph", side: str, *, indent: float = 0.0, line: float = LINE) -> None:
    """``indent``: of the first line, in characters; ``line``: the exact height of a line, in points."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt

    sides = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    }
    form = paragraph.paragraph_format
    form.alignment = sides[side]
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before = form.space_after = Pt(0)
    if indent:
        form.first_line_indent = Pt(SIZE_3 * indent)


def say(paragraph: "FileParagraph", text: str, font: Font, size: float, *, colour: str = "000000") -> "Run":
    from docx.shared import Pt, RGBColor

    """``text`` in a font and a size in points; ``colour`` in hexadecimal."""
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(size)
    run.font.bold = run.font.italic = False
    run.font.color.rgb = RGBColor.from_string(colour)
    _use_font(run._r.get_or_add_rPr(), font)
    return run


def _use_font(properties: Any, font: Font) -> None:
    """Chinese and Latin letters by the same font, as in Chinese offices."""
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_name(f"w:{script}"), font[0])
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(_name(f"w:{theme}"), None)


def set_in(paragraph: "FileParagraph", points: float, *, right: bool = False) -> None:
    """Set all its lines in by so much, from the left or from the right."""
    from docx.shared import Pt

    if right:
        paragraph.paragraph_format.right_indent = Pt(points)
    else:
        paragraph.paragraph_format.left_indent = Pt(points)


def right_part(paragraph: "FileParagraph", points_in: float) -> None:
    """What comes after a tab stands at the right edge of the type area, so many points in."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH) - Pt(points_in), WD_TAB_ALIGNMENT.RIGHT)


def line_below(paragraph: "FileParagraph", *, colour: str = "", points: float = 0) -> None:
    """A line as wide as the type area, so far below the text; without a colour, none, whatever the style has."""
    properties = paragraph._p.get_or_add_pPr()
    border = _child(properties, "w:pBdr", before=_AFTER_BORDERS)
    if colour:
        _child(border, "w:bottom", val="single", sz="12", space=f"{points:.0f}", color=colour)
    else:
        _child(border, "w:bottom", val="nil")


def stand_again(row: Any) -> None:
    """A table's row stands again on every page."""
    _child(row._tr.get_or_add_trPr(), "w:tblHeader", val="true")


def keep_whole(row: Any) -> None:
    """A table's row is not divided between two pages."""
    _child(row._tr.get_or_add_trPr(), "w:cantSplit", val="true")


def at_the_foot(table: "FileTable") -> None:
    """版记 stands at the foot of its page. Its first and last line are 0.35 mm, those between 0.25 mm (7.4.1)."""
    properties = table._tbl.tblPr
    _child(
        properties,
        "w:tblpPr",
        before=_AFTER_PLACE,
        vertAnchor="margin",
        horzAnchor="margin",
        tblpXSpec="center",
        tblpYSpec="bottom",
    )
    borders = _child(properties, "w:tblBorders", before=_AFTER_TABLE_BORDERS)
    for side, eighths in (("top", "8"), ("bottom", "8"), ("insideH", "6")):
        _child(borders, f"w:{side}", val="single", sz=eighths, space="0", color="000000")


def _name_fonts(file: "File") -> None:
    """The fonts by name, each with another that may stand for it (17.8.3.1)."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml
    from lxml import etree

    part = file.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = parse_xml(part.blob)
    for name, instead in _FONTS:
        font = _child(fonts, "w:font", name=name)
        _child(font, "w:altName", val=instead)
        _child(font, "w:charset", val="86")
    part._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)


def _child(parent: Any, tag: str, before: tuple[str, ...] = (), **attributes: str) -> Any:
    """A new element within ``parent``, ahead of any of ``before``: the schema knows one order."""
    from docx.oxml import OxmlElement

    made = OxmlElement(tag)
    for attribute, value in attributes.items():
        made.set(_name(f"w:{attribute}"), value)
    if before:
        parent.insert_element_before(made, *before)
    else:
        parent.append(made)
    return made


def _name(prefixed: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(prefixed))
