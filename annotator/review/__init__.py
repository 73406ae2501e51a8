"""Review: a person decides on one paragraph after the other, in the terminal.

``search`` finds labels; ``pace`` says how fast it goes; ``session`` knows where
the reviewer stands and writes what they decide; ``keys`` is the one table of
keys; ``painting`` turns all of it into text; ``dialogs`` and ``app`` put the
text on a screen and hand keys to the session.
"""

__all__: list[str] = []
