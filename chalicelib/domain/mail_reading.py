"""A mail as it came over the wire (RFC 5322, MIME), read without trust: whoever wrote it may have wished us ill.

Parsed with the policy ``compat32``: the newer one reads addresses and encoded words of a header in a time that grows
with the square of its length (20 s for a line of 280 kB). No header is read further than ``LONGEST_HEADER``.
"""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, parseaddr

from msgspec import Struct

from chalicelib.domain.arrivals import cleaned, on_one_line
from chalicelib.domain.mail_files import File, Part, files_of
from chalicelib.domain.mail_words import text_of_html

LARGEST_MAIL = 40 * 2**20  # bytes; SES takes no more
LARGEST_HEAD = 64 * 2**10  # bytes of all header lines of the mail itself
LONGEST_HEADER = 2_000  # characters that are read of one line
LONGEST_TEXT = 2 * 2**20  # bytes of one part that are read as text
MOST_PARTS = 1_000  # looked at
MOST_REFERENCES = 20
MOST_ALIKE = 10  # header lines of one name
Heads = dict[str, list[str]]
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[A-Za-z0-9\u00a1-\uffff.-]{1,180}\.[A-Za-z0-9\u00a1-\uffff-]{2,60}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
_NO_ANSWER = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|listserv|majordomo)([+-].*)?@", re.IGNORECASE
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_MARKS = ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-loop")
_VERDICTS = ("x-ses-spam-verdict", "x-ses-virus-verdict")
_PASSED = re.compile(
    r"\b(?:spf|dkim)=pass\b.*?\b(?:smtp\.mailfrom|header\.[di])=\"?(?:[^\s;@\"]*@)?([A-Za-z0-9.-]+)", re.IGNORECASE
)
_DMARC = re.compile(r"\bdmarc=(\w+)", re.IGNORECASE)


class Unreadable(ValueError):
    """No mail that a person could be answered to. The message tells why, and nothing of what it says."""


class Mail(Struct, frozen=True):
    """A mail. ``message_id`` "" where it has none that can be answered. ``text``: whole, with what it quotes.

    ``automatic`` tells why nobody is answered, "" for a person's. ``verified``: whether the sender is who the mail says
    by SPF, DKIM and DMARC, as whoever took it in found; None where it was not looked at. ``refused``: names of files.
    """

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    references: tuple[str, ...]
    files: tuple[File, ...]
    refused: tuple[str, ...]
    automatic: str
    verified: bool | None


def read_mail(raw: bytes, own: frozenset[str]) -> Mail:
    """The mail that ``raw`` holds. ``own``: addresses of the desk's, in lower case. Raises Unreadable."""
    if len(raw) > LARGEST_MAIL or _head_of(raw) > LARGEST_HEAD:
        raise Unreadable("too long")
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
    except (RecursionError, MessageError) as error:
        raise Unreadable("parts within parts without end") from error
    heads = _heads_of(message)
    name, sender = _from(heads)
    if not _ADDRESS.fullmatch(sender):
        raise Unreadable("no sender")
    text, files, refused = _content_of(message)
    return Mail(
        message_id=next(iter(_ids(heads, "message-id")), ""),
        sender=sender,
        name=on_one_line(name, 50),
        subject=on_one_line(_decoded(_first(heads, "subject")), 200),
        text=text,
        references=tuple([*_ids(heads, "in-reply-to"), *_ids(heads, "references")[::-1]][:MOST_REFERENCES]),
        files=files,
        refused=refused,
        automatic=_automatic(heads, message.get_content_type(), sender, own),
        verified=_verified(heads, sender),
    )


def _head_of(raw: bytes) -> int:
    """How many bytes of header lines there are."""
    ends = [place for place in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if place >= 0]
    return min(ends, default=len(raw))


def _heads_of(message: Message) -> Heads:
    """The header lines by their names in lower case, as they stand: of each no more than anybody needs."""
    heads: Heads = {}
    for name, value in message.raw_items():
        known = heads.setdefault(name.lower(), [])
        if len(known) < MOST_ALIKE:
            known.append(str(value)[:LONGEST_HEADER].replace("\r", " ").replace("\n", " "))
    return heads


def _first(heads: Heads, name: str) -> str:
    return next(iter(heads.get(name, [])), "")


def _decoded(value: str) -> str:
    """A header line with its encoded words read (RFC 2047), in whatever charset; old programs send bare bytes."""
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        parts = [(value, None)]
    return "".join(
        in_charset(part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part, charset or "utf-8")
        for part, charset in parts
    )


def in_charset(content: bytes, charset: str) -> str:
    """``content`` as text: by the charset it names, else as UTF-8, else as Chinese; nothing stops it."""
    for name in (_CHARSETS.get(charset.lower(), charset), "utf-8", "gb18030"):
        try:
            return content.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _from(heads: Heads) -> tuple[str, str]:
    """Display name and address. The address is read before encoded words are, or these could smuggle one in."""
    name, address = parseaddr(_first(heads, "from"))
    return _decoded(name), address.strip()


def _ids(heads: Heads, name: str) -> list[str]:
    return _MESSAGE_ID.findall(_first(heads, name))


def _content_of(message: Message) -> tuple[str, tuple[File, ...], tuple[str, ...]]:
    plain: list[str] = []
    html: list[str] = []
    parts: list[Part] = []
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind == "text/plain" and not attached:
            plain.append(_text(part))
        elif kind == "text/html" and not attached:
            html.append(text_of_html(_text(part)))
        elif part.get_content_maintype() != "multipart":
            parts.append(Part(name, kind, _bytes(part), bool(part.get("content-id"))))
    text = cleaned("\n\n".join(one for one in plain if one.strip()))
    files, refused = files_of(parts)
    return text or cleaned("\n\n".join(html)), files, refused


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order. A mail within the mail is one part: it is not opened."""
    waiting, looked_at = [message], 0
    while waiting and looked_at < MOST_PARTS:
        part = waiting.pop()
        looked_at += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            inner: object = part.get_payload()
            waiting += [one for one in reversed(inner) if isinstance(one, Message)] if isinstance(inner, list) else []
        else:
            yield part


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename("")
    except (ValueError, LookupError, UnicodeError):  # parameters in a charset that there is not (RFC 2231)
        return "?"
    return on_one_line(
        _decoded(str(collapse_rfc2231_value(name))[:LONGEST_HEADER]).replace("\\", "/").rpartition("/")[2], 200
    )


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    try:
        charset = str(part.get_content_charset("utf-8"))
    except (ValueError, LookupError, UnicodeError):
        charset = "utf-8"
    return in_charset(_bytes(part)[:LONGEST_TEXT], charset)


def _automatic(heads: Heads, content_type: str, sender: str, own: frozenset[str]) -> str:
    """Why a mail is nobody's letter: a machine wrote it (RFC 3834), or we did, or it was found to be spam."""
    if sender.lower() in own or _NO_ANSWER.match(sender):
        return "sender"
    if any("FAIL" in verdict.upper() for name in _VERDICTS for verdict in heads.get(name, [])):
        return "verdict"
    if _first(heads, "auto-submitted").partition(";")[0].strip().lower() not in ("", "no"):
        return "auto_submitted"
    if _first(heads, "precedence").strip().lower() in _BULK:
        return "bulk"
    if any(name in heads for name in _MARKS):
        return "marked"
    if "return-path" in heads and _first(heads, "return-path").strip() in ("<>", ""):
        return "bounce"
    return "report" if content_type == "multipart/report" else ""


def _verified(heads: Heads, sender: str) -> bool | None:
    """What the topmost finding says (RFC 8601): those below it may be the sender's own invention."""
    finding = _first(heads, "authentication-results")
    if not finding:
        return None
    dmarc = _DMARC.search(finding)
    if dmarc is not None and dmarc[1].lower() in ("pass", "fail"):
        return dmarc[1].lower() == "pass"
    domain = sender.rpartition("@")[2].lower()
    proved = (found[1].lower() for clause in finding.split(";") if (found := _PASSED.search(clause)) is not None)
    return any(one == domain or domain.endswith(f".{one}") or one.endswith(f".{domain}") for one in proved)
