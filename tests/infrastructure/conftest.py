"""What is deployed, as `make package` leaves it."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.package import ROOT, Package, package

Template = dict[str, Any]


@pytest.fixture(scope="session")
def packaged() -> Package:
    """The package of the sources as they stand; made again only when they changed."""
    return package(ROOT / "build" / "package")


@pytest.fixture(scope="session")
def template(packaged: Package) -> Template:
    """The merged template."""
    loaded: Template = yaml.safe_load(packaged.template.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def china(packaged: Package) -> Template:
    """The merged template of the China regions."""
    loaded: Template = yaml.safe_load(packaged.china.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def unzipped(packaged: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The functions' code, laid out as Lambda lays it out."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(packaged.code) as archive:
        archive.extractall(folder)
    return folder
