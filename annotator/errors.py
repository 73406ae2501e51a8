"""Everything that can go wrong, as one tree.

::

    AnnotatorError
    ├── InputError          a path, file or row that cannot be read
    │   ├── MissingInputError     there is nothing at that path
    │   ├── UnreadableInputError  it is there, but its bytes give no text
    │   ├── RowError              one row of a table of documents is not a document
    │   ├── LimitError            reading or labelling it would take more time, space or depth than allowed
    │   └── InputWarning          it was read, but not all of it, or not as its name says
    ├── TaxonomyError       a taxonomy folder that says something wrong
    ├── ModelError          a model that is missing, damaged or made for something else
    ├── StoreError          a store of reviews that cannot be opened, read or written
    ├── OutputError         a result that could not be written
    │   └── NothingToWriteError   there was no result at all
    ├── WorkerError         a process that labelled documents and ended too soon
    ├── EngineError         other processes that share the work cannot be reached or differ
    └── UsageError          options that contradict each other

Every error carries what happened, where, and what to try; its text joins the three.
Nothing here knows of the command line: ``cli.py`` alone turns errors into exit codes.
"""

from __future__ import annotations

from functools import partial

__all__ = [
    "AnnotatorError",
    "EngineError",
    "InputError",
    "InputWarning",
    "LimitError",
    "MissingInputError",
    "ModelError",
    "NothingToWriteError",
    "OutputError",
    "RowError",
    "StoreError",
    "TaxonomyError",
    "UnreadableInputError",
    "UsageError",
    "WorkerError",
]


class AnnotatorError(Exception):
    """Base of all errors that this package raises on purpose.

    Args:
        what: What happened, as a clause without a full stop.
        where: The file, with a line where there is one, or the option.
        hint: What the reader can try.

    >>> print(AnnotatorError("no text", where="صفحة.html", hint="open it in a browser"))
    صفحة.html: no text. Try: open it in a browser
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts apart, so that callers can print them their own way."""
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        """Return ``where: what. Try: hint``, leaving out what is empty."""
        place = f"{self.where}: " if self.where else ""
        advice = f". Try: {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"

    def __reduce__(self) -> tuple[partial[AnnotatorError], tuple[str]]:
        """Say how to build a copy: errors travel between processes."""
        return partial(type(self), where=self.where, hint=self.hint), (self.what,)


class InputError(AnnotatorError):
    """An input that gives no document. The other inputs are still read."""


class MissingInputError(InputError):
    """There is no file, folder or readable thing at the path."""


class UnreadableInputError(InputError):
    """The bytes are there but are no text that this package can read."""


class RowError(InputError):
    """One row of a JSONL, CSV or Parquet input is not a document."""


class LimitError(InputError):
    """Reading or labelling it would take more time, memory, bytes or depth than is allowed."""


class InputWarning(InputError):  # noqa: N818 - nothing failed: it travels where errors do
    """The input was read and its document given, but a person should know something of it.

    It comes through the same ``on_error`` as what could not be read, and does
    not change the exit status.
    """


class TaxonomyError(AnnotatorError):
    """The taxonomy folder is missing a file or holds a statement that cannot be true."""


class ModelError(AnnotatorError):
    """The classifier's files are missing, damaged, or do not fit this taxonomy."""


class StoreError(AnnotatorError):
    """A store of reviews is missing, foreign, newer, damaged, locked or full; nothing was changed."""


class OutputError(AnnotatorError):
    """A result could not be written; what stood there before is untouched."""


class NothingToWriteError(OutputError):
    """No document could be read, so nothing was written."""


class WorkerError(AnnotatorError):
    """A process that labelled documents beside this one ended before it was done."""


class EngineError(AnnotatorError):
    """The processes that share the work are missing, cannot be reached, or are not alike."""


class UsageError(AnnotatorError):
    """The request itself cannot be met."""
