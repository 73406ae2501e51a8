"""From paths to documents: one function, one iterator, nothing lost.

What cannot be read does not stop the rest: it is handed to ``on_error`` as an
:class:`~annotator.errors.InputError` that names file and line. What was read
only in part, or is not what its name says, comes through ``on_error`` too, as
an :class:`~annotator.errors.InputWarning`, and its document is still given.

Formats that other people's programs parse (PDF, Office, archives, web pages,
mail) are read in a process of its own with a limit of time and memory, so that
no file can stop the rest: see :mod:`annotator.readers.isolation`.
"""

from annotator.readers.documents import STANDARD_INPUT, read_documents
from annotator.readers.formats import SUFFIXES
from annotator.readers.options import ReadingOptions

__all__ = ["STANDARD_INPUT", "SUFFIXES", "ReadingOptions", "read_documents"]
