"""Mails as they come over the wire, from honest programs and from others: real MIME, read in every charset."""

from base64 import b64encode
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import mail_files
from chalicelib.domain.mail_reading import LARGEST_HEAD, MOST_REFERENCES, Mail, Unreadable, in_charset, read_mail
from chalicelib.domain.mail_words import text_of_html, without_history
from chalicelib.domain.submission import MOST_UPLOADS
from tests.patience import never_stuck
from tests.unit.test_uploads import DOCX, SAMPLES

OWN = frozenset({"desk@sunlight.example"})
PNG = dict(SAMPLES)["image/png"]
PDF = dict(SAMPLES)["application/pdf"]
TEXT = "菱塘家园三栋楼下的路灯坏了半个月。"
HEAD = "From: 王秀英 <wang@example.cn>\r\nSubject: x\r\nMessage-ID: <1@example.cn>\r\n"


ATTACHED = b"--b\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nx\r\n"


def nested(depth: int) -> bytes:
    """Parts within parts."""
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))


def mail(text: str = TEXT, **headers: str) -> EmailMessage:
    """A mail as a program writes it; ``headers``: with underlines for hyphens."""
    made = EmailMessage()
    said = {"From": "王秀英 <wang@example.cn>", "Subject": "路灯坏了", "Message-ID": "<1@example.cn>"}
    for name, value in {**said, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        made[name] = value
    made.set_content(text)
    return made


def read(made: EmailMessage | bytes) -> Mail:
    """What the desk reads in it."""
    return read_mail(made if isinstance(made, bytes) else made.as_bytes(), OWN)


def test_a_plain_letter_is_read_as_it_was_written() -> None:
    found = read(mail())
    assert (found.sender, found.name, found.subject, found.text) == ("wang@example.cn", "王秀英", "路灯坏了", TEXT)
    assert (found.message_id, found.references, found.automatic, found.verified) == ("<1@example.cn>", (), "", None)


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312", "gb18030", "big5", "utf-16"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_every_charset_of_chinese_mail_is_read(charset: str, encoding: str) -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "wang@example.cn", "x"
    text = "路燈壞了" if charset == "big5" else TEXT
    made.set_content(text.encode(charset), "text", "plain", cte=encoding)
    made.set_param("charset", charset)
    assert read(made).text == text


@pytest.mark.parametrize(
    "declared", ["gb2312", "us-ascii", "utf-8", "x-unknown", "", "\x00", "idna", "undefined", "hex"]
)
@pytest.mark.parametrize("bare", ["utf-8", "gb18030"])
def test_a_charset_that_is_wrong_or_none_stops_nothing(declared: str, bare: str) -> None:
    raw = HEAD.encode(bare) + f"Content-Type: text/plain; charset={declared}\r\n\r\n".encode() + TEXT.encode(bare)
    found = read(raw)
    assert found.sender == "wang@example.cn"
    if (declared, bare) != ("gb2312", "utf-8"):  # there it is read as what it says it is
        assert TEXT in found.text
    assert found.name == "王秀英"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_letter_whose_charset_nobody_knows_is_read_as_what_it_is(encoding: str) -> None:
    assert in_charset("没有人来修，路灯坏了".encode(encoding), "x-nobody-knows") == "没有人来修，路灯坏了"


def test_of_two_versions_the_plain_one_is_read_and_of_html_alone_what_a_person_sees() -> None:
    made = mail()
    made.add_alternative("<p>不是这个</p>", subtype="html")
    assert read(made).text == TEXT
    html = (
        "<html><head><style>p{}</style><title>t</title></head><body><p>路灯&nbsp;坏了。</p><script>alert(1)</script>"
        "<div>第一行<br>第二行</div><table><tr><td>甲</td><td>乙</td></tr></table><!-- no --></body></html>"
    )
    assert text_of_html(html).split() == ["路灯", "坏了。", "第一行", "第二行", "甲", "乙"]
    made = EmailMessage()
    made["From"] = "wang@example.cn"
    made.set_content(html, subtype="html")
    assert read(made).text.startswith("路灯 坏了。")


@pytest.mark.parametrize(
    "history",
    [
        "\n\n在 2026年3月2日，信访局 <desk@sunlight.example> 写道：\n> 您的来信已登记\n> 回执号",
        "\n\nOn Mon, 2 Mar 2026 at 09:00, Desk <desk@sunlight.example> wrote:\n> Your submission",
        "\n\n------------------ 原始邮件 ------------------\n发件人: desk\n您的来信",
        "\n\n-----Original Message-----\nFrom: desk\nYour submission",
        "\n\n发件人: 信访局 <desk@sunlight.example>\n发送时间: 2026年3月2日\n收件人: 王\n主题: 登记\n\n您的来信",
        "\n\nFrom: Desk\nSent: Monday\nTo: Wang\nSubject: Registered\n\nYour submission",
        "\n> 您的来信已登记\n> 回执号",
    ],
)
def test_what_earlier_mails_said_is_left_out_of_an_answer(history: str) -> None:
    assert without_history(TEXT + history) == TEXT


def test_a_letter_is_not_taken_for_history_and_one_that_is_all_quoted_is_kept() -> None:
    for text in ("收到，见下。\nFrom: 我家\n到单位要一小时。", TEXT + "\n他写道：不同意。", "> 只有引用"):
        assert without_history(text) == text
    quoted = (
        "<p>我的回答</p><blockquote type=cite><div>旧的<blockquote>更旧的</blockquote></div></blockquote><p>还有</p>"
    )
    assert text_of_html(quoted).split() == ["我的回答", "还有"]
    gmail = '<div>好的</div><div class="gmail_quote"><div>旧的</div></div>'
    assert text_of_html(gmail) == "好的"


def test_files_are_taken_by_what_they_are_and_the_others_named() -> None:
    made = mail()
    made.add_attachment(PNG, "image", "png", filename="现场.png")
    made.add_attachment(PDF, "application", "octet-stream", filename="合同.PDF")
    made.add_attachment(dict(SAMPLES)[DOCX], "application", "octet-stream", filename="情况.docx")
    made.add_attachment(b"MZ\x90\x00", "application", "octet-stream", filename="run.exe")
    made.add_attachment(b"MZ\x90\x00" * 99, "image", "png", filename="假的.png")
    made.add_attachment(b"", "image", "png", filename="空的.png")
    made.add_attachment(mail())  # a mail within the mail
    found = read(made)
    assert [(file.name, file.content_type) for file in found.files[:2]] == [
        ("现场.png", "image/png"),
        ("合同.PDF", "application/pdf"),
    ]
    assert found.files[2].name == "情况.docx"
    assert set(found.refused) == {"run.exe", "假的.png", "空的.png", "message/rfc822"}
    assert found.text == TEXT


def test_no_more_files_are_taken_than_a_form_has_and_none_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_files, "LARGEST", 1000)
    made = mail()
    for number in range(MOST_UPLOADS + 2):
        made.add_attachment(PNG, "image", "png", filename=f"{number}.png")
    made.add_attachment(PNG + bytes(1000), "image", "png", filename="big.png")
    found = read(made)
    assert len(found.files) == MOST_UPLOADS
    assert found.refused == ("5.png", "6.png", "big.png")


def test_the_logo_of_a_signature_is_no_file_of_the_letter() -> None:
    made = mail()
    made.add_related(PNG, "image", "png", cid="<logo>")
    found = read(made)
    assert (found.files, found.refused) == ((), ())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\temp\\a.png", "a.png"),
        ("a\x00b\x07.png", "ab.png"),
        ("长" * 300 + ".png", "长" * 200),
    ],
)
def test_a_file_s_name_harms_nobody(name: str, kept: str) -> None:
    made = mail()
    made.add_attachment(PNG, "image", "png", filename="x.png")
    [part] = made.iter_attachments()
    del part["Content-Disposition"]
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    found = read(made)
    assert [file.name for file in found.files] + list(found.refused) == [kept]


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_submitted"),
        ({"Auto_Submitted": "auto-generated; x"}, "auto_submitted"),
        ({"Precedence": "Bulk"}, "bulk"),
        ({"Precedence": "list"}, "bulk"),
        ({"List_Id": "<l.example>"}, "marked"),
        ({"List_Unsubscribe": "<mailto:x@example.cn>"}, "marked"),
        ({"X_Auto_Response_Suppress": "All"}, "marked"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@example.cn"}, "sender"),
        ({"From": "no-reply+7@example.cn"}, "sender"),
        ({"From": "Desk <DESK@sunlight.example>"}, "sender"),
        ({"X_SES_Spam_Verdict": "FAIL"}, "verdict"),
        ({"X_SES_Virus_Verdict": "FAIL"}, "verdict"),
        ({"Auto_Submitted": "no", "Precedence": "normal", "Return_Path": "<wang@example.cn>"}, ""),
        ({"X_SES_Spam_Verdict": "PASS"}, ""),
        ({"X_SES_Spam_Verdict": "GRAY"}, ""),
    ],
)  # fmt: skip
def test_what_a_machine_wrote_is_known_as_that(headers: dict[str, str], why: str) -> None:
    assert read(mail(**headers)).automatic == why


@pytest.mark.parametrize(
    ("finding", "verified"),
    [
        ("amazonses.com; spf=pass smtp.mailfrom=example.cn; dkim=pass header.i=@example.cn; dmarc=pass", True),
        ("amazonses.com; spf=fail; dkim=fail; dmarc=fail header.from=example.cn", False),
        ("amazonses.com; spf=pass (ok) smtp.mailfrom=wang@mail.example.cn; dkim=none", True),
        ("amazonses.com; dkim=pass header.i=@example.cn; dmarc=none", True),
        ("amazonses.com; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example", False),
        ("amazonses.com; spf=pass smtp.mailfrom=notexample.cn", False),
        ("amazonses.com; spf=softfail smtp.mailfrom=example.cn", False),
        ("", None),
    ],
)
def test_a_sender_is_who_the_topmost_finding_proves(finding: str, verified: bool | None) -> None:
    raw = mail().as_bytes()
    own = b"Authentication-Results: mine; dmarc=pass\r\n"
    top = f"Authentication-Results: {finding}\r\n".encode() + own if finding else b""
    assert read(top + raw).verified is verified


def test_headers_smuggle_nothing_in() -> None:
    raw = (
        b"From: =?utf-8?b?" + b64encode("a@evil.cn>\r\nBcc: x@y.cn\r\n王".encode()) + b"?= <wang@example.cn>\r\n"
        b"Subject: =?utf-8?q?a=0D=0ABcc:_x=40y.cn=00=E2=80=AEb?=\r\n"
        b"Message-ID: <1@x.cn>\r\nReferences: <a@b> <c\r\n d@e> x <f@g\x01>\r\n\r\nx"
    )
    found = read(raw)
    assert found.sender == "wang@example.cn"
    for said in (found.name, found.subject, found.message_id, *found.references):
        assert not set(said) & set("\r\n\x00\u202e"), said
    assert found.references == ("<a@b>",)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"\r\n\r\n",
        b"no mail at all",
        b"From: nobody\r\n\r\nx",
        b"From: <>\r\n\r\nx",
        b"From: a@b\r\n\r\nx",
        b"From: a b@c.cn d\r\n\r\n\xff\xfe",
        b"Subject: x\r\n\r\nx",
        b"From: a@b.cn\r\nX: " + b"y" * LARGEST_HEAD + b"\r\n\r\nx",
        b"From: " + b"a@b.cn," * 20_000 + b"\r\n\r\nx",
        HEAD.encode() + nested(1200),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_nobody_could_be_answered_to_is_poison(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + ATTACHED * 10_000 + b"--b--",
        nested(100) + b"\r\nx",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 200_000,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 30_000 + b"x",
        b"Content-Type: text/html\r\n\r\n" + b"<" * 30_000,
        b"Content-Type: text/html\r\n\r\n<p>x</p><!--" + b"-" * 200_000,
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: ;;;=\r\nContent-Disposition: x;filename*=utf-8'\r\n\r\nx",
        b"Content-Type: image/png; name*0*=a'b'c; name*1=\xff\r\n\r\nx",
        b"Content-Type: text/plain; charset*=x'y'z%FF\r\n\r\nx",
        b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\n\xff\xff\nend",
        b"Subject: " + b"=?utf-8?q?a?= " * 4000 + b"\r\n\r\nx",
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_mails_are_read_or_refused(content: bytes) -> None:
    with never_stuck():
        found = read(b"From: wang@example.cn\r\n" + content)
    assert len(found.files) <= MOST_UPLOADS
    assert len(found.refused) <= 10


def test_long_threads_are_followed_only_so_far() -> None:
    found = read(mail(References=" ".join(f"<{number}@x.cn>" for number in range(60)), In_Reply_To="<last@x.cn>"))
    assert len(found.references) == MOST_REFERENCES
    assert found.references[0] == "<last@x.cn>"


def test_a_long_line_is_searched_for_history() -> None:
    with never_stuck():
        for line in ("On " + "a " * 100_000, ">" * 100_000, "-" * 100_000, "发件人" * 50_000, " " * 100_000 + "x"):
            without_history("x\n" + line + "\n" + line)


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=300), st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b", "image/png"])
)
def test_no_mail_does_more_than_to_be_refused(body: bytes, kind: str) -> None:
    for raw in (body, HEAD.encode() + f"Content-Type: {kind}\r\n".encode() + body):
        try:
            found = read(raw)
        except Unreadable:
            continue
        found.text.encode()
        assert "\r" not in found.text + found.subject + found.name
