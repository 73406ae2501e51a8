"""Gold: texts with the labels that hold, or with a question on one label and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from annotator.errors import RowError, UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annotator.taxonomy import Taxonomy

__all__ = ["GoldRow", "read_gold"]


class GoldRow(msgspec.Struct, frozen=True):
    """One row of a gold file; ``answer`` goes with ``label``, ``labels`` stands alone.

    Other fields of a row are left unread.

    >>> GoldRow("Вакцинация детей", labels=("SDG3",)).names, GoldRow("足球", label="SDG3", answer=False).names
    (('SDG3',), ('SDG3',))
    """

    text: str
    id: str = ""
    lang: str | None = None
    labels: tuple[str, ...] | None = None
    """All labels that hold, of the schemes that the file is about; none, if it is empty."""
    label: str | None = None
    """The label that the row asks about; nothing is known of the others."""
    answer: bool | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the labels that the row names."""
        if self.labels is not None:
            return self.labels
        return () if self.label is None else (self.label,)


def read_gold(
    path: Path, taxonomy: Taxonomy, on_error: Callable[[RowError], None]
) -> list[GoldRow]:
    """Read a gold file of JSON lines.

    Rows without an id get the one that the readers give them, so that gold
    fits the labels that were exported for the same file.

    Args:
        path: The file.
        taxonomy: Whose labels the gold may name.
        on_error: Called with each row that is no gold; it is left out.

    Raises:
        UnreadableInputError: The file cannot be read, or holds no gold at all.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(
            f"the gold file cannot be read ({error})", where=str(path), hint="JSON lines in UTF-8"
        ) from error
    rows: list[GoldRow] = []
    times: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _checked(line, f"{path}:{number}", taxonomy)
        except RowError as error:
            on_error(error)
            continue
        name = row.id or f"{path}#{number}"
        times[name] = times.get(name, 0) + 1
        rows.append(
            msgspec.structs.replace(
                row,
                id=name if times[name] == 1 else f"{name}#{times[name]}",
                lang=row.lang.split("-")[0].lower() if row.lang else None,
            )
        )
    if not rows:
        raise UnreadableInputError(
            "there is no gold row", where=str(path), hint="text and labels in each row"
        )
    return rows


def _checked(line: str, where: str, taxonomy: Taxonomy) -> GoldRow:
    """Decode one row, or say what is wrong with it."""
    try:
        row = msgspec.json.decode(line, type=GoldRow)
    except msgspec.DecodeError as error:
        raise RowError(
            f"no gold row ({error})", where=where, hint="text and labels, or text, label and answer"
        ) from error
    if not row.text.strip():
        raise RowError("the row's text is empty", where=where, hint="leave the row out")
    asks = row.label is not None or row.answer is not None
    if row.labels is None and (row.label is None or row.answer is None):
        raise RowError(
            "neither labels nor a label with its answer", where=where, hint="give one of them"
        )
    if row.labels is not None and asks:
        raise RowError(
            "both labels and a question on one label", where=where, hint="make two rows of it"
        )
    unknown = sorted(set(row.names) - set(taxonomy.labels))
    if unknown:
        raise RowError(
            f"no label of the taxonomy: {', '.join(unknown)}",
            where=where,
            hint="annotator taxonomy list shows them",
        )
    return row
