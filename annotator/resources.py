"""Where the files that ship with the package are, and how to read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from annotator.errors import TaxonomyError

__all__ = ["examples_folder", "model_folder", "read_text", "taxonomy_folder"]

_PACKAGE = Path(__file__).parent


@cache
def taxonomy_folder() -> Path:
    """Return the taxonomy that ships with this package.

    An installed wheel carries it as ``annotator/_taxonomy``; in a checkout it
    stands beside the package, where people edit it.

    Raises:
        TaxonomyError: Neither is there: the installation is damaged.

    >>> (taxonomy_folder() / "schemes.yaml").is_file()
    True
    """
    for folder in (_PACKAGE / "_taxonomy", _PACKAGE.parent / "taxonomy"):
        if (folder / "schemes.yaml").is_file():
            return folder
    raise TaxonomyError(
        "the taxonomy that ships with the package is missing",
        where=str(_PACKAGE),
        hint="install wsis-sdg-annotator again, or name a folder with --taxonomy",
    )


def model_folder() -> Path:
    """Return the folder of the trained model that ships with this package."""
    return _PACKAGE / "_model"


def examples_folder(taxonomy: Path | None = None) -> Path:
    """Return the folder of this project's own training examples.

    Raises:
        TaxonomyError: It is not there: a wheel does not carry it, a checkout does.
    """
    folder = (taxonomy or taxonomy_folder()) / "examples"
    if not folder.is_dir():
        raise TaxonomyError(
            "the examples for training are missing",
            where=str(folder),
            hint="train from a checkout of the project",
        )
    return folder


def read_text(name: str) -> str:
    """Read a text file of the shipped taxonomy folder."""
    return (taxonomy_folder() / name).read_text(encoding="utf-8")
