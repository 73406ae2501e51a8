"""What people decide about paragraphs, kept in one file that nothing is ever lost from.

A store is one SQLite file. It holds two things, and keeps them apart.

**What the machine said.** A *run* is a version of this package with a taxonomy, a model and
thresholds. A *reading* is what one run said of one paragraph: labels, scores, origins, evidence.
A later run adds readings and overwrites none.

**What people did.** An *event* is one action of one reviewer on one paragraph: labels answered
with yes or no, a paragraph finished or skipped, a flag, a comment; or an earlier event undone or
redone. Events are only ever appended, the file itself refuses to change or delete one, and an
event is on the disk when :meth:`Store.record` returns. Everything else that the store knows of a
reviewer (:class:`Standing`, the queue, the progress) is derived from the events, in the order of
their time, so that two stores merged either way round say the same.

**Which paragraph is meant** is told by its *fingerprint*: a hash of its words. The same words are
the same paragraph, wherever they stand: read again, in a file that has moved, or further down
after an edit. A text of a few words means something only where it stands ("C1", "Goal 3"), so the
paragraphs before and after it take part in its fingerprint. Its *places* are the documents and
positions in which it stood when they were last read.

>>> import tempfile
>>> from pathlib import Path
>>> from annotator import Annotator
>>> annotator = Annotator()
>>> text = "La telemedicina llega a los pueblos; las enfermeras consultan por video con el hospital."
>>> with Store.open(Path(tempfile.mkdtemp()) / "r.sqlite", reviewer="ana") as store:
...     store.add_documents([annotator.annotate(text)], annotator.run_settings())
...     [number] = store.queue(Query())
...     _ = store.record([Action(number, "accept", {"C7.e-health": True, "SDG4": False})])
...     store.standing(number).answers
...     store.undo().kind, store.standing(number).answers, store.redo().kind, store.queue(Query())
1
{'C7.e-health': True, 'SDG4': False}
('accept', {}, 'accept', [])
"""

from annotator.store.entries import (
    ACTIONS,
    Action,
    Declared,
    Place,
    Progress,
    Query,
    Standing,
    StoredDocument,
    StoredParagraph,
    Undone,
)
from annotator.store.schema import is_store
from annotator.store.settled import Settled, Vote, apply_decisions, settle
from annotator.store.store import DEFAULT_FILE, Store

__all__ = [
    "ACTIONS",
    "DEFAULT_FILE",
    "Action",
    "Declared",
    "Place",
    "Progress",
    "Query",
    "Settled",
    "Standing",
    "Store",
    "StoredDocument",
    "StoredParagraph",
    "Undone",
    "Vote",
    "apply_decisions",
    "is_store",
    "settle",
]
