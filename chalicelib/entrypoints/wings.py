"""The app's routes, wing by wing: a wing's are there as soon as somebody asks for one of them.

Each cold start is for one request or one message. A message needs no route at all, a citizen none of the console's.
"""

from collections.abc import Callable, Iterator, MutableMapping

from chalice.app import Chalice, RouteEntry

Methods = dict[str, RouteEntry]
Beginnings = tuple[str, ...]
Register = Callable[[Chalice], None]


class Wings(MutableMapping[str, Methods]):
    """The routes of ``app`` by path, as Chalice keeps them. ``closed``: what registers a wing, by how its paths begin.

    What begins how is a matter of speed alone: a path that its wing does not have, or that none claims, opens them
    all, and so does whoever asks for all paths, as packaging does.
    """

    def __init__(self, app: Chalice, closed: dict[Beginnings, Register]) -> None:
        self._app, self._closed = app, dict(closed)
        self._routes: dict[str, Methods] = {}
        self._registering = False

    def __getitem__(self, path: str) -> Methods:
        """The methods of ``path``; a path that is being registered has none yet, as Chalice expects."""
        if path not in self:
            self._routes[path] = {}
        return self._routes[path]

    def __contains__(self, path: object) -> bool:
        if path not in self._routes and not self._registering:
            self._open([beginnings for beginnings in self._closed if claims(beginnings, str(path))])
        if path not in self._routes and not self._registering:
            self._open(list(self._closed))
        return path in self._routes

    def __setitem__(self, path: str, methods: Methods) -> None:
        self._routes[path] = methods

    def __delitem__(self, path: str) -> None:
        del self._routes[path]

    def __iter__(self) -> Iterator[str]:
        self._open(list(self._closed))
        return iter(self._routes)

    def __len__(self) -> int:
        self._open(list(self._closed))
        return len(self._routes)

    def _open(self, wings: list[Beginnings]) -> None:
        self._registering = True  # what registers asks for its own paths
        try:
            for beginnings in wings:
                self._closed[beginnings](self._app)
                del self._closed[beginnings]
        finally:
            self._registering = False


def claims(beginnings: Beginnings, path: str) -> bool:
    """Whether ``path`` is one of ``beginnings``, or below it."""
    return any(path == beginning or path.startswith(f"{beginning}/") for beginning in beginnings)
