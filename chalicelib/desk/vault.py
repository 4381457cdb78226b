"""The desk's keys: what is encrypted, what is numbered, what is signed. One KMS call a process, then all is local."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import receipts
from chalicelib.domain.people import Petitioner
from chalicelib.gateways import kms
from chalicelib.storage import settings
from chalicelib.storage.records import pack, unpack

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, AES-GCM (NIST SP 800-38D)


@cache
def vault() -> "Vault":
    """The vault of this process. The first desk that ever starts makes the key."""
    wrapped = settings.load_wrapped_key()
    if wrapped is not None:
        return Vault(kms.unwrap(wrapped))
    made, wrapped = kms.new_data_key()
    kept = settings.save_wrapped_key(wrapped)
    return Vault(made if kept == wrapped else kms.unwrap(kept))


class Vault(Struct, frozen=True):
    """Everything that needs the desk's key, each purpose under a key of its own."""

    master: bytes

    def receipt_of(self, form_key: str, attempt: int = 0) -> str:
        """The receipt number of a form: the same form always gets the same."""
        return receipts.receipt_from(self._digest("receipt", f"{form_key}#{attempt}"))

    def case_id_of(self, receipt: str) -> str:
        """The number of the case that a submission opens; it tells nothing of the receipt."""
        return "".join(str(byte % 10) for byte in self._digest("case", receipt)[:12])

    def code_of(self, receipt: str) -> str:
        """The query code of a receipt. Kept nowhere."""
        return receipts.code_from(self._digest("code", receipt))

    def opens(self, receipt: str, code: str) -> bool:
        """Whether ``code`` is the receipt's, in constant time."""
        return hmac.compare_digest(self.code_of(receipt), code)

    def person_of(self, petitioner: Petitioner) -> str | None:
        """What two submissions of one person have in common, without saying who; None for who left nothing."""
        by_post = f"{petitioner.name}\n{''.join(petitioner.address.split())}" if petitioner.address else ""
        reached_by = petitioner.phone or petitioner.email.lower() or by_post
        return self._digest("person", reached_by).hex() if reached_by else None

    def sign(self, purpose: str, text: str) -> str:
        """A signature over ``text``, for ``purpose`` only."""
        return urlsafe_b64encode(self._digest(f"sign.{purpose}", text)).decode().rstrip("=")

    def signed(self, purpose: str, text: str, signature: str) -> bool:
        """Whether ``signature`` is ours, in constant time."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode("utf-8", "replace"))

    def seal(self, text: str, place: str) -> str:
        """``text`` encrypted, bound to the ``place`` where it is kept so that it cannot be moved elsewhere."""
        nonce = os.urandom(_NONCE)
        sealed: bytes = self._cipher().encrypt(nonce, text.encode(), place.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, place: str) -> str:
        """What ``sealed`` at ``place`` holds. Raises cryptography's InvalidTag when it was altered or moved."""
        raw = urlsafe_b64decode(sealed)
        opened: bytes = self._cipher().decrypt(raw[:_NONCE], raw[_NONCE:], place.encode())
        return opened.decode()

    def seal_petitioner(self, petitioner: Petitioner, receipt: str) -> str:
        """Who wrote a submission, encrypted."""
        return self.seal(pack(petitioner), f"petitioner#{receipt}")

    def open_petitioner(self, sealed: str, receipt: str) -> Petitioner:
        """Who wrote a submission."""
        return unpack(self.open(sealed, f"petitioner#{receipt}"), Petitioner)

    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import (
            AESGCM,  # 40 ms, and many requests need none of it
        )

        return AESGCM(self._key("seal"))

    def _digest(self, purpose: str, text: str) -> bytes:
        return hmac.new(self._key(purpose), text.encode(), hashlib.sha256).digest()

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self.master, purpose.encode(), hashlib.sha256).digest()
