"""脱敏: the texts of a case without who wrote. Names are opened only to be hidden: nobody is shown them, so it is no
look that is recorded.
"""

from collections.abc import Callable, Iterable, Iterator

from chalicelib.desk.vault import vault
from chalicelib.storage.submissions import load_sealed_petitioner


def veil(receipts: Iterable[str]) -> Callable[[str], str]:
    """What hides in a text the names of those who sent and signed ``receipts``, and all that looks personal."""
    from chalicelib.domain.masking import mask  # its patterns take 4 ms, and few pages need them

    names = [name for receipt in receipts for name in _names_of(receipt) if name]
    return lambda text: mask(text, names)


def _names_of(receipt: str) -> Iterator[str]:
    sealed = load_sealed_petitioner(receipt)
    if sealed is not None:
        petitioner = vault().open_petitioner(sealed, receipt)
        yield petitioner.name
        yield from (signer.name for signer in petitioner.signers)
