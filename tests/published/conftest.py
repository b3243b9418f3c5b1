"""The official releases, read once a session; skipped, and saying so, where they are not here.

The functions that recompute are those of docs/generate_recomputation.py, so that the page a
reader sees and these tests cannot differ. They in turn divide by judgement.values, as outturn
does for every partnership.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from outturn.framework.model import Measure

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def recomputation() -> ModuleType:
    """The script docs/generate_recomputation.py as a module."""
    spec = importlib.util.spec_from_file_location(
        "generate_recomputation", ROOT / "docs" / "generate_recomputation.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def data(recomputation: ModuleType) -> Path:
    """The folder of published data."""
    folder = recomputation.data_folder()
    if folder is None:
        pytest.skip("the published data are not here: set OUTTURN_TEST_DATA to their folder")
    assert isinstance(folder, Path)
    return folder


@pytest.fixture(scope="session")
def measures(recomputation: ModuleType) -> dict[str, Measure]:
    """Every national measure shipped with outturn."""
    found: dict[str, Measure] = recomputation.library("ascof", "lgbf", "phs")
    return found


@pytest.fixture(scope="session")
def workbook(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    return recomputation.read(data, "ascof workbook 2024-25")


@pytest.fixture(scope="session")
def open_data(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    return recomputation.read(data, "ascof open data")


@pytest.fixture(scope="session")
def tidy(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    return recomputation.read(data, "ascof tidy totals")


@pytest.fixture(scope="session")
def ascof(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    """Every undivided ASCOF figure of the three releases, by measure id."""
    return recomputation.ascof(data)


@pytest.fixture(scope="session")
def lgbf(data: Path, recomputation: ModuleType, measures: dict[str, Measure]) -> pl.DataFrame:
    """Every figure of the long benchmarking file, by measure id."""
    return recomputation.named(recomputation.read(data, "lgbf long"), measures)


@pytest.fixture(scope="session")
def family_groups(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    """The thirteen-column benchmarking file: councils, Scotland and family groups."""
    return recomputation.read(data, "lgbf current")


@pytest.fixture(scope="session")
def bed_days(data: Path, recomputation: ModuleType) -> pl.DataFrame:
    return recomputation.read(data, "phs delayed discharge bed days")
