"""The words of a mail: HTML as text, what earlier mails said left out, an address or a name that harms nobody."""

import re
from html.parser import HTMLParser

from chalicelib.domain.arrivals import cleaned

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
    }
    | {"h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript", "object"})
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|qmbox_quote", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\f\xa0]+")
_BREAKS = re.compile(r"\n{3,}")
_DIVIDER = re.compile(
    r"^[\s>]*[-_=*]{2,}\s*(original message|original appointment|原始邮件|原邮件|原始信息|回复的原邮件)\s*[-_=*]*\s*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^\s*(on\b.{4,200}\bwrote|at \d{4}-.{4,200}\bwrote|.{4,200}(?:写道|寫道))\s*[:：]\s*$",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^[\s>*]*(from|发件人|寄件者|sent|date|发送时间|发送日期|日期|to|收件人|subject|主题)\s*\**\s*[:：]", re.IGNORECASE
)
_FIRST_HEADING = re.compile(r"^[\s>*]*(from|发件人|寄件者)\s*\**\s*[:：]", re.IGNORECASE)
LONGEST_LINE = 400  # no mail program writes more about a mail on one, and no pattern is tried on a longer one
HEADINGS = 3  # so many lines of a mail's head, one after another, are one


def text_of_html(html: str) -> str:
    """What a person reads in ``html``, without what it quotes of earlier mails where it marks that."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.said).split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Gathers the text. What stands within an element that is not shown, or quoted, is passed over to its end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._passing = ""  # the element that is passed over
        self._depth = 0  # of elements of its name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if self._passing:
            self._depth += tag == self._passing
            return
        if tag not in _EMPTY and (tag in _UNSEEN or _is_quote(tag, dict(attrs))):
            self._passing, self._depth = tag, 1
        elif tag in _BLOCKS:
            self.said.append("\n")
        elif tag in _CELLS:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self._passing:
            self._depth -= tag == self._passing
            if not self._depth:
                self._passing = ""
        elif tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        """Text, in which a line's end is but a space."""
        if not self._passing:
            self.said.append(data.replace("\r", " ").replace("\n", " "))


def _is_quote(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
        return True
    return tag in ("div", "blockquote") and _QUOTES.search(attributes.get("class") or "") is not None


def without_history(text: str) -> str:
    """``text`` without what earlier mails said; all of it where nothing else would be left."""
    lines = text.split("\n")
    end = next((number for number in range(len(lines)) if _history_begins(lines, number)), len(lines))
    own = [line for line in lines[:end] if not line.lstrip().startswith((">", "＞"))]
    own = [line for line in own if not _introduces(line)]
    return cleaned("\n".join(own)) or text


def _introduces(line: str) -> bool:
    """Whether ``line`` says who wrote what follows."""
    return len(line) <= LONGEST_LINE and _WROTE.match(line) is not None


def _history_begins(lines: list[str], number: int) -> bool:
    line = lines[number]
    if len(line) > LONGEST_LINE:
        return False
    if _DIVIDER.match(line):
        return True
    following = [one for one in lines[number + 1 : number + 8] if one.strip()]
    if _introduces(line):
        return not following or not following[0].lstrip().startswith((">", "＞"))
    heads = sum(1 for one in following[: HEADINGS + 1] if _HEADING.match(one[:60]))
    return _FIRST_HEADING.match(line) is not None and heads >= HEADINGS - 1
