"""The stack's template: one file an idea, ``*.yaml`` in this folder, laid together.

``chalice package --merge-template`` lays it over the template that Chalice makes of app.py: maps are merged deeply,
everything else replaces what Chalice wrote.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from chalice.package import YAMLTemplateSerializer

FILES = tuple(sorted(Path(__file__).parent.glob("*.yaml")))


@cache
def whole() -> dict[str, Any]:
    """All files as one template, short tags (``!Ref``) written out. Raises ValueError for what two of them define."""
    template: dict[str, Any] = {}
    for file in FILES:
        read = YAMLTemplateSerializer().load_template(file.read_text(encoding="utf-8"), file.name)
        _lay(read, over=template, where=file.name)
    return template


def write(path: Path) -> None:
    """Leave the whole template in ``path``, for whoever reads one file."""
    path.write_text(yaml.safe_dump(whole(), allow_unicode=True, sort_keys=False), encoding="utf-8")


def _lay(new: dict[str, Any], *, over: dict[str, Any], where: str) -> None:
    """Sections grow together; what is in a section is defined once."""
    for section, content in new.items():
        if section == "Globals" or not isinstance(content, dict):
            if section in over:
                raise ValueError(f"{where}: {section} is given already")
            over[section] = content
            continue
        laid = over.setdefault(section, {})
        for name in content:
            if name in laid:
                raise ValueError(f"{where}: {section}.{name} is given already")
        laid.update(content)
