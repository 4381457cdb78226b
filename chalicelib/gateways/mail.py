"""E-mail. ``record`` sends nothing, as with SMS."""

from botocore.exceptions import ClientError

from chalicelib.config import config
from chalicelib.gateways.aws import client
from chalicelib.gateways.unreachable import Unreachable

_REFUSED = "BadRequestException"  # SES: the address is none
_HEADERS = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]  # RFC 3834: nobody's holiday notice comes back


def send_mail(address: str, subject: str, text: str, html: str) -> str:
    """Send a mail, the same in plain text and in HTML; gives the provider's id.

    Raises Unreachable for an address that is none, botocore's ClientError or BotoCoreError when the provider fails.
    """
    if config().mail == "record":
        return "recorded"
    body = {"Text": _content(text), "Html": _content(html)}
    try:
        told = client("sesv2").send_email(
            FromEmailAddress=config().mail_from,
            Destination={"ToAddresses": [address]},
            Content={"Simple": {"Subject": _content(subject), "Body": body, "Headers": _HEADERS}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == _REFUSED:
            raise Unreachable(_REFUSED) from error
        raise
    return str(told["MessageId"])


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
