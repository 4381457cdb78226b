"""Modules of ours are loaded by the first use of what is in them, not by being named in an import.

A cold start imports the whole desk, and then answers one request, which needs a tenth of it. ``from chalicelib.desk
import working`` therefore binds a module that loads itself when something of it is asked for; ``from
chalicelib.desk.working import find`` asks at once. Nothing else of importing changes: an error in a module is raised
where it is first used, and the tests use them all. It is Python's ``importlib.util.LazyLoader``, but safe where two
threads ask at once, and not woken by being imported a second time (both are so in the library's from Python 3.12 on).
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

PACKAGE = __name__.partition(".")[0] + "."
AT_ONCE = PACKAGE + "domain.applying_"
"""Modules imported for what loading them does: these tell ``domain.applying.apply`` of their events."""

_OF_ITSELF = frozenset({"__spec__", "__class__"})  # what the import system looks at before it hands a module on
_LOADING = RLock()


class _Asleep(ModuleType):
    """A module that was imported and not yet used."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _OF_ITSELF:
            _wake(self)
        return ModuleType.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _wake(self)
        ModuleType.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        _wake(self)
        ModuleType.__delattr__(self, name)


class _WhenUsed(Loader):
    """Loads as ``honest`` does, but later."""

    def __init__(self, honest: Loader) -> None:
        self.honest = honest

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.honest.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Asleep


class _OurModules(MetaPathFinder):
    """Finds the desk's modules."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name.startswith(PACKAGE) else None
        if spec is not None and spec.loader is not None and not _at_once(name, spec):
            spec.loader = _WhenUsed(spec.loader)
        return spec


def _at_once(name: str, spec: ModuleSpec) -> bool:
    """A package too: asked for a module of one that sleeps, the import system wakes it for its path, and would then
    load that module a second time where the package has just imported it.
    """
    return name.startswith(AT_ONCE) or spec.submodule_search_locations is not None


def _wake(module: ModuleType) -> None:
    """Load ``module`` if it still sleeps. Raises what its code raises; then it sleeps on, and is tried again.

    While it loads, another thread waits here, and what it imports itself meets it half done, as ever.
    """
    with _LOADING:
        spec = module.__spec__
        if type(module) is not _Asleep or spec is None or not isinstance(spec.loader, _WhenUsed):
            return
        asleep, spec.loader = spec.loader, spec.loader.honest
        try:
            spec.loader.exec_module(module)
        except BaseException:
            spec.loader = asleep
            raise
        module.__loader__ = spec.loader
        object.__setattr__(module, "__class__", ModuleType)


def install() -> None:
    """Let this process load the desk's modules on demand."""
    if not any(finder is _OurModules for finder in sys.meta_path):
        sys.meta_path.insert(0, _OurModules)
