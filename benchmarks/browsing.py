"""What the scripts about the page share: the seeds annotated, and a browser."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from annotator.readers import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator import AnnotatedDocument, Annotator
    from annotator.errors import InputError

__all__ = ["ROOT", "annotate_seeds", "browsing"]

ROOT = Path(__file__).resolve().parent.parent


def annotate_seeds(annotator: Annotator) -> list[AnnotatedDocument]:
    """Annotate the five documents, named as they are in the checkout."""
    return [
        annotator.annotate(replace(document, id=str(Path(document.id).relative_to(ROOT))))
        for document in read_documents([ROOT / "seeds"], _refuse)
    ]


def _refuse(error: InputError) -> None:
    """Stop at a document that cannot be read: all five must be there."""
    raise error


@contextmanager
def browsing() -> Iterator[webdriver.Chrome]:
    """Start a browser without a window, and end it."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver") or "chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()
