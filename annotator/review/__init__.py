"""Review: a person decides on one paragraph after the other, in the terminal.

``search`` finds labels; ``pace`` says how fast it goes; ``rows`` puts what the
machine says beside what people say; ``session`` knows where the reviewer
stands and writes what they decide; ``keys`` is the one table of keys;
``sentences``, ``painting`` and ``legend`` turn all of it into text, ``choices`` into lists;
``panes``, ``board`` and ``dialogs`` put the text on the screen; ``app`` hands
keys to the session.
"""

from annotator.review.app import ReviewApp
from annotator.review.session import Session

__all__ = ["ReviewApp", "Session"]
