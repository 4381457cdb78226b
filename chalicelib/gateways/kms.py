"""KMS: the data key under which everything personal is encrypted."""

import base64

from chalicelib.config import config
from chalicelib.gateways.aws import client

PURPOSE = {"purpose": "sunlight-desk"}  # whatever is wrapped is bound to it


def new_data_key() -> tuple[bytes, str]:
    """A fresh 256-bit key: itself, and wrapped by KMS as base64 for keeping."""
    made = client("kms").generate_data_key(KeyId=config().kms_key, KeySpec="AES_256", EncryptionContext=PURPOSE)
    return made["Plaintext"], base64.b64encode(made["CiphertextBlob"]).decode()


def unwrap(wrapped: str) -> bytes:
    """The key that ``wrapped`` holds."""
    opened = client("kms").decrypt(
        KeyId=config().kms_key, CiphertextBlob=base64.b64decode(wrapped), EncryptionContext=PURPOSE
    )
    key: bytes = opened["Plaintext"]
    return key


def rewrapped(wrapped: str) -> str:
    """The same key, wrapped anew by KMS under the newest material of the desk's own."""
    made = client("kms").re_encrypt(
        CiphertextBlob=base64.b64decode(wrapped),
        SourceEncryptionContext=PURPOSE,
        DestinationKeyId=config().kms_key,
        DestinationEncryptionContext=PURPOSE,
    )
    return base64.b64encode(made["CiphertextBlob"]).decode()
