"""Which files the desk takes, and what a file is by its content, whatever its name says."""

LARGEST = 10 * 2**20  # bytes

OFFICE = {
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
TYPES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    **OFFICE,
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/3gpp": "3gp",
}
_SAME = {
    "audio/x-wav": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "application/x-ole-storage": "application/msword",
}


def kind_found(first_bytes: bytes, declared: str) -> str | None:
    """The type that the content shows, if the desk takes it and it is of the family declared; else None.

    ``first_bytes``: the first 8 KiB. Families, not exact types: phones name the same recording in several ways, and an
    old Office file shows only that it is one.
    """
    import filetype

    guessed = filetype.guess(first_bytes)
    if guessed is None:
        return None
    found = _SAME.get(guessed.mime, guessed.mime)
    if found == "application/zip" and declared in OFFICE and b"[Content_Types].xml" in first_bytes:
        found = declared
    if found not in TYPES or _family(found) != _family(declared):
        return None
    return declared if found in OFFICE else found


def _family(content_type: str) -> str:
    """ "office", "application/pdf", or "image", "audio", "video" (recordings and films share their containers)."""
    if content_type in OFFICE:
        return "office"
    top = content_type.partition("/")[0]
    return {"audio": "recording", "video": "recording", "image": "image"}.get(top, content_type)
