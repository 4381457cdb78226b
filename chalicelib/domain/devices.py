"""From what device somebody signed in, as coarsely as helps to know one's own: 谷歌浏览器 · Windows."""

from msgspec import Struct

# The first that fits, in this order: every browser claims to be those before it
_BROWSERS = (
    ("wechat", ("micromessenger",)),
    ("dingtalk", ("dingtalk",)),
    ("edge", ("edg/", "edga/", "edgios/", "edge/")),
    ("360", ("qihu", "360se", "360ee")),
    ("qq", ("qqbrowser",)),
    ("uc", ("ucbrowser",)),
    ("huawei", ("huaweibrowser",)),
    ("firefox", ("firefox/", "fxios/")),
    ("chrome", ("chrome/", "crios/")),
    ("safari", ("safari/",)),
)
_SYSTEMS = (
    ("harmony", ("harmonyos", "openharmony")),
    ("android", ("android",)),
    ("ios", ("iphone", "ipad")),
    ("windows", ("windows",)),
    ("mac", ("mac os x", "macintosh")),
    ("linux", ("linux", "uos", "kylin")),
)
OTHER = "other"


class Device(Struct, frozen=True, omit_defaults=True):
    """``browser`` and ``system`` are keys of messages; ``network`` the first half of the address: 198.51.*.*"""

    browser: str = OTHER
    system: str = OTHER
    network: str = ""


UNKNOWN = Device()


def device_of(user_agent: str, address: str) -> Device:
    """The device that a request came from. Nobody can rely on it: a browser says what it likes."""
    said = user_agent[:500].lower()
    return Device(_first(_BROWSERS, said), _first(_SYSTEMS, said), coarse(address))


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], said: str) -> str:
    return next((name for name, marks in known if any(mark in said for mark in marks)), OTHER)


def coarse(address: str) -> str:
    """An address without what points to one house: the first two numbers of IPv4, the first two groups of IPv6."""
    if ":" in address:
        return ":".join([*address.split(":")[:2], "*"])
    parts = address.split(".")
    return ".".join([*parts[:2], "*", "*"]) if len(parts) == 4 else ""
