"""Builds the citizens' site as plain files that any bucket can serve. ``python -m infra.site TARGET``.

Every page is written once for each language: Chinese at the root, English under ``en/``. Styles, scripts and
pictures lie under one folder named after their content, so that they may be kept for ever and a changed page never
meets an old script.
"""

import hashlib
import json
import shutil
import sys
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

SOURCE = Path(__file__).resolve().parents[1] / "templates" / "site"
PLACES = {"zh": "", "en": "en/"}  # where the pages of each language lie under the site's root
PAGES = (
    "index.html",
    "file.html",
    "receipt.html",
    "track.html",
    "verify.html",
    "receptions.html",
    "chat.html",
    "campaign.html",
    "honours.html",
    "decisions.html",
    "about.html",
    "privacy.html",
)
LOST = "404.html"  # shown at any address, in both languages at once
# in the order of the cascade
STYLES = (
    *("ground", "page", "form", "filing", "home", "receipt", "track", "verify"),
    *("receptions", "chat", "decisions", "campaign", "honours", "paper"),
)
FOR_SCRIPTS = "js."  # messages whose keys begin so are given to the scripts


class NoMessage(KeyError):
    """A page asks for words that the catalogue does not have."""


def build(target: Path) -> None:
    """Write the site into ``target``. Raises NoMessage, jinja2's TemplateError, OSError."""
    assets = _assets()
    folder = f"assets/{_fingerprint(assets)}"
    shutil.rmtree(target / "assets", ignore_errors=True)
    for name, content in assets.items():
        _write(target / folder / name, content)
    for language, place in PLACES.items():
        root = "../" * place.count("/")
        for page in PAGES:
            _write(target / place / page, _page(page, language, root, folder))
    _write(target / LOST, _page(LOST, "zh", "/", folder))


def catalogue(language: str) -> dict[str, str]:
    """All words of the site in one language."""
    words: dict[str, str] = json.loads((SOURCE / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    return words


def say(language: str, key: str, **places: str) -> str:
    """The message ``key``, its places filled. Raises NoMessage."""
    try:
        return _words(language)[key].format_map(places)
    except KeyError as missing:
        raise NoMessage(f"{key} ({language}): {missing}") from missing


_words = cache(catalogue)


def _assets() -> dict[str, bytes]:
    """Name and content of everything that pages load. The scripts lie once for each language, beside its words."""
    styles = "\n".join((SOURCE / "assets" / "styles" / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    assets = {"site.css": styles.encode()}
    for picture in sorted((SOURCE / "assets" / "pictures").iterdir()):
        assets[picture.name] = picture.read_bytes()
    for language in PLACES:
        for script in sorted((SOURCE / "assets" / "scripts").glob("*.js")):
            assets[f"{language}/{script.name}"] = script.read_bytes()
        assets[f"{language}/words.js"] = _script_words(language)
    return assets


def _script_words(language: str) -> bytes:
    words = {key: text for key, text in catalogue(language).items() if key.startswith(FOR_SCRIPTS)}
    return f"export const WORDS = {json.dumps(words, ensure_ascii=False, indent=1)};\n".encode()


def _fingerprint(assets: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(assets.items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def _page(page: str, language: str, root: str, folder: str) -> bytes:
    def words(key: str, **places: str) -> str:
        return say(language, key, **places)

    html = (
        _environment()
        .get_template(page)
        .render(
            t=words,
            say=say,
            page=page,
            language=language,
            place=PLACES[language],
            root=root,
            assets=f"{root}{folder}/",
            scripts=f"{root}{folder}/{language}/",
            other=root + PLACES["en" if language == "zh" else "zh"],
        )
    )
    return html.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(SOURCE),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
