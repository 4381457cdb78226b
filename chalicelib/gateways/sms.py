"""SMS. ``record`` sends nothing: what the desk records of the attempt is all there is, and enough to try it out."""

import re

from botocore.exceptions import ClientError

from chalicelib.config import config
from chalicelib.gateways import sms_http
from chalicelib.gateways.aws import client
from chalicelib.gateways.unreachable import Unreachable

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_REFUSED = "InvalidParameter"  # SNS: the number is none
_TRANSACTIONAL = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}


def send_sms(number: str, text: str, notice: str) -> str:
    """Send ``text``; gives the provider's id. ``notice``: by which a provider of ours knows one that comes again.

    Raises Unreachable for a number that takes no SMS; botocore's ClientError or BotoCoreError, or NotTaken, when the
    provider fails.
    """
    to = international(number)
    if config().sms == "record":
        return "recorded"
    if config().sms == "http":
        return sms_http.send(to, text, notice)
    try:
        told = client("sns").publish(PhoneNumber=to, Message=text, MessageAttributes=_TRANSACTIONAL)
    except ClientError as error:
        if error.response["Error"]["Code"] == _REFUSED:
            raise Unreachable(_REFUSED) from error
        raise
    return str(told["MessageId"])


def international(number: str) -> str:
    """A mobile number in E.164. Raises Unreachable for a landline of this country: it takes no SMS."""
    if number.startswith("00"):
        number = f"+{number[2:]}"
    mobile = _MOBILE.fullmatch(number)
    if mobile is not None:
        return f"+86{mobile[1]}"
    if number.startswith("+") and not number.startswith("+86"):
        return number
    raise Unreachable("not a mobile number")
