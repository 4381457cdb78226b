"""Papers as Word files: of a report's period, draft or issued, and of a morning's list."""

from chalicelib.desk import cities, issuing
from chalicelib.domain.clearing import Clearing, Matter, Part
from chalicelib.domain.papers import Paper, PaperSection, PaperTable
from chalicelib.domain.receipts import spoken
from chalicelib.domain.roots import day_of
from chalicelib.entrypoints.console.report_figures import Speaker
from chalicelib.web.papers import TYPE, Block, Document, Heading, Paragraph, Table, docx, on_paper
from chalicelib.web.templating import day as day_on_paper

PAPER_LANGUAGE = "zh"  # a paper of a Chinese office, whoever reads the console in which language
MOST_IN_PAPER = 50  # matters of a part


def official(paper: Paper, speaker: Speaker) -> Document:
    """A paper in official form; a draft is marked as one, and its number is still to come."""
    head = issuing.head_of(cities.current())
    issuer = paper.issuer or head.issuer
    draft_number = f"{head.word}〔{day_of(paper.drafted.at).year}〕　号"
    return Document(
        head=issuer,
        number=draft_number if paper.number is None else str(paper.number),
        title=paper.title,
        blocks=tuple(block for section in paper.sections for block in _blocks(section)),
        signer="" if paper.issued is None else paper.issued.name,
        addressed_to=paper.addressed_to,
        signature=issuer,
        dated=paper.dated,
        copies_to=paper.copies_to,
        printed_by=issuer if paper.dated is not None else "",
        note=speaker.say("paper.note") if paper.issued is None else "",
    )


def _blocks(section: PaperSection) -> list[Block]:
    paragraphs = [Paragraph(line.strip()) for line in section.text.splitlines() if line.strip()]
    tables = [Table(one.caption, one.header, one.rows) for one in section.tables if one.rows]
    return [Heading(section.heading), *paragraphs, *tables]


def clearing_list(clearing: Clearing, speaker: Speaker) -> Document:
    """A morning's list: numbers, units and terms; no title, for a paper outlives what a citizen has erased."""
    issuer = issuing.head_of(cities.current()).issuer
    counts = {part.value: str(clearing.counts.get(part, 0)) for part in Part}
    came = speaker.say("clearing.came", day=on_paper(clearing.yesterday.day), number=str(clearing.yesterday.total))
    blocks: list[Block] = [Paragraph(came), Paragraph(speaker.say("clearing.counts", **counts))]
    for part in Part:
        table = _part_table(part, clearing, speaker)
        if table.rows:
            blocks.append(Table(table.caption, table.header, table.rows))
    return Document(
        head=issuer,
        number=on_paper(clearing.day),
        title=speaker.say("clearing.paper.title"),
        blocks=tuple(blocks),
        signature=issuer,
        dated=clearing.day,
    )


def _part_table(part: Part, clearing: Clearing, speaker: Speaker) -> PaperTable:
    header = tuple(speaker.say(f"clearing.column.{one}") for one in ("number", "what", "unit", "then", "due"))
    rows = tuple(_row(matter, speaker) for matter in clearing.parts.get(part, ())[:MOST_IN_PAPER])
    caption = f"{speaker.say(f'clearing.part.{part}')}（{clearing.counts.get(part, 0)}）"
    return PaperTable(caption, header, rows)


def _row(matter: Matter, speaker: Speaker) -> tuple[str, ...]:
    return (
        spoken(matter.case_id),  # in groups: a spreadsheet would take it for a number and drop its first nought
        what(matter, speaker),
        speaker.unit(matter.unit or ""),
        "—" if matter.state is None else speaker.say(f"state.{matter.state}"),
        "—" if matter.due_at is None else day_on_paper(matter.due_at),
    )


def what(matter: Matter, speaker: Speaker) -> str:
    """What a matter is, as far as all who see the list may know: kind, subject and place; of a sealed one, that."""
    if matter.sealed or matter.kind is None:
        return speaker.say("clearing.sealed")
    place = [speaker.area(matter.area)] if matter.area else []
    subject = [speaker.category(matter.category)] if matter.category else []
    return "·".join([speaker.say(f"kind.{matter.kind}"), *subject, *place])


def parts_of(clearing: Clearing, speaker: Speaker) -> list[PaperTable]:
    """The list's parts as tables, for a spreadsheet."""
    return [_part_table(part, clearing, speaker) for part in Part]


def handed_out(document: Document, name: str) -> str:
    """Where the paper can be fetched as a Word file, for a few minutes."""
    return issuing.handed_out(docx(document), name, TYPE)
