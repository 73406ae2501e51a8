"""YAML files of the taxonomy as typed values, with errors that name file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from annotator.errors import TaxonomyError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["entry_lines", "read_text", "read_yaml"]

_T = TypeVar("_T")


def read_text(path: Path) -> str:
    """Read a file of the taxonomy.

    Raises:
        TaxonomyError: It is missing, or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaxonomyError(
            f"the file cannot be read ({error})",
            where=str(path),
            hint="copy it from the shipped taxonomy, as UTF-8",
        ) from error


def read_yaml(path: Path, kind: type[_T]) -> _T:
    """Read one YAML file as a given type; every scalar stays a string (``no`` is a word).

    Raises:
        TaxonomyError: It cannot be read, is no YAML, or says something of another type; the
            message names file and line.
    """
    import yaml  # noqa: PLC0415 - only needed when the compiled form is out of date

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = read_text(path)
    try:
        data: Any = yaml.load(text, Loader=loader)  # noqa: S506 - BaseLoader builds strings only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise TaxonomyError(
            f"not valid YAML: {error.problem}",
            where=f"{path}:{mark.line + 1}" if mark else str(path),
            hint="quote terms that hold a comma, a colon or a bracket",
        ) from error
    try:
        return msgspec.convert(data, kind, strict=True)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `")
        node = yaml.compose(text, Loader=loader)
        raise TaxonomyError(
            what,
            where=f"{path}:{_line_of(node, place.rstrip('`'))}",
            hint="compare with its neighbours; taxonomy/README.md explains each field",
        ) from error


def entry_lines(path: Path) -> list[int]:
    """Return the lines on which the entries of a list begin: those indented as the first."""
    found = [
        (len(match.group(1)), number)
        for number, line in enumerate(read_text(path).splitlines(), 1)
        if (match := re.match(r"( *)- ", line))
    ]
    return [number for indent, number in found if indent == found[0][0]]


def _line_of(node: Any, place: str) -> int:  # noqa: ANN401 - PyYAML ships no types
    """Find the line of ``$[3].terms`` in a composed YAML document, as deep as it leads."""
    for position, key in re.findall(r"\[(\d+|\.\.\.)\]|\.([\w-]+)", place):
        children = getattr(node, "value", None)
        if not isinstance(children, list) or not children:
            break
        if isinstance(children[0], tuple):
            node = next((value for name, value in children if key and name.value == key), None)
            if node is None:  # "..." stands for any key
                return int(children[0][0].start_mark.line) + 1
        elif position.isdigit() and int(position) < len(children):
            node = children[int(position)]
    return int(node.start_mark.line) + 1
