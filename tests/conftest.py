"""Fixtures that all tests share, and how much hypothesis tries.

The default profile tries the same examples each time, so that a red test is
red for everybody. ``pytest --hypothesis-profile=explore`` looks for new ones,
``quick`` is for runs that repeat the tests many times.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Browser, browser_is_there, browser_is_wanted
from generated import LANGUAGES
from hypothesis import settings
from pages import SMALL, annotate_texts

from annotator import AnnotatedDocument, Annotator, Document, Taxonomy
from annotator.taxonomy import compile_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.register_profile("quick", max_examples=8, deadline=None, derandomize=True)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    absent = pytest.mark.skip(reason=f"the development data are not there: {SHARED} is absent")
    no_browser = pytest.mark.skip(reason="chromium and chromium-driver are not installed")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(absent)
        if item.get_closest_marker("browser") and not (browser_is_there() or browser_is_wanted()):
            item.add_marker(no_browser)


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    """Return the annotator as it ships."""
    return Annotator()


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """Return the taxonomy as it ships."""
    return Taxonomy.load()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of the five real documents."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the development data, for tests marked ``shared``."""
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser, for tests marked ``browser``; where CI asks for one, it must be there."""
    assert browser_is_there(), "apt-get install chromium chromium-driver"
    browser = Browser.start()
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def annotated_seeds(annotator: Annotator, seeds: Path) -> dict[str, AnnotatedDocument]:
    """Return the five documents annotated, by the three digits that their names begin with."""
    return {
        path.name[:3]: annotator.annotate(
            Document(id=path.name, source=path.name, text=path.read_text(encoding="utf-8"))
        )
        for path in sorted(seeds.glob("*.txt"))
    }


@pytest.fixture(scope="session")
def portfolio(
    annotator: Annotator, annotated_seeds: dict[str, AnnotatedDocument]
) -> list[AnnotatedDocument]:
    """Return twelve documents annotated: the five, six in six languages, one about no label."""
    return [*annotated_seeds.values(), *annotate_texts(annotator, SMALL)]


@pytest.fixture(scope="session")
def write_taxonomy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that makes a taxonomy folder: the shipped labels, concepts of one's own."""

    def write(concepts: str) -> Path:
        folder = tmp_path_factory.mktemp("taxonomy")
        for name in ("schemes", "contexts", "matrix", "declared", "boilerplate", "languages"):
            shutil.copy(ROOT / "taxonomy" / f"{name}.yaml", folder)
        (folder / "vocabulary.tsv").write_text("id\t" + "\t".join(LANGUAGES), encoding="utf-8")
        (folder / "concepts").mkdir()
        (folder / "concepts" / "all.yaml").write_text(concepts, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def small_taxonomy(write_taxonomy: Callable[[str], Path]) -> Taxonomy:
    """Return the taxonomy of ``data/lexicon.yaml``, compiled beside its sources as in a wheel."""
    folder = write_taxonomy((Path(__file__).parent / "data" / "lexicon.yaml").read_text("utf-8"))
    (folder / "compiled.msgpack").write_bytes(compile_folder(folder))
    return Taxonomy.load(folder)
