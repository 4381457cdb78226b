"""One width and one case for what citizens type, so that the same words compare as the same."""

import unicodedata


def plain(text: str) -> str:
    """``text`` in lower case, full-width letters and figures narrowed (Unicode's NFKC)."""
    return unicodedata.normalize("NFKC", text).lower()
