"""E-mail. ``record`` sends nothing, as with SMS."""

from botocore.exceptions import ClientError

from chalicelib.config import config
from chalicelib.gateways.aws import client
from chalicelib.gateways.unreachable import Unreachable

_REFUSED = "BadRequestException"  # SES: the address is none
_AUTOMATIC = {"Auto-Submitted": "auto-generated"}  # RFC 3834: nobody's holiday notice comes back


def send_mail(address: str, subject: str, text: str, html: str, answers: str = "") -> str:
    """Send a mail, the same in plain text and in HTML; gives the provider's id.

    ``answers``: the Message-ID of the mail that this one answers, "" for none (RFC 5322, 3.6.4): it is shown with it.
    Raises Unreachable for an address that is none, botocore's ClientError or BotoCoreError when the provider fails.
    """
    if config().mail == "record":
        return "recorded"
    thread = {"In-Reply-To": answers, "References": answers} if answers else {}
    headers = [{"Name": name, "Value": value} for name, value in (_AUTOMATIC | thread).items()]
    body = {"Text": _content(text), "Html": _content(html)}
    try:
        told = client("sesv2").send_email(
            FromEmailAddress=config().mail_from,
            Destination={"ToAddresses": [address]},
            Content={"Simple": {"Subject": _content(subject), "Body": body, "Headers": headers}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == _REFUSED:
            raise Unreachable(_REFUSED) from error
        raise
    return str(told["MessageId"])


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
