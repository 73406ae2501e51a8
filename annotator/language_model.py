"""py3langid's model, restricted to some languages and packed: a tenth of its size.

The model counts features, which are runs of bytes, with an automaton, and adds
up for each language what each feature says of it. As py3langid holds it, the
automaton is a table of 39 MB with a cell for each state and byte, and there is
a column of numbers for each of 140 languages. Here, only the columns of the
wanted languages are kept, and of the table only the cells that differ from
those of a state nearer to the start, which are few: what was read last decides
nearly always. The answers are those of py3langid, to the last bit.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZipFile

from annotator.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LanguageModel"]

_PARTS = ("ptc", "pc", "classes", "nextmove", "nextmove_row", "out_feat")
"""What the file holds, as numpy arrays: the weight of each feature for each language, that of the
language itself, its code; the state after each byte in each distinct row, the row of each state,
its feature."""

_BYTES = 256
_STATES_AT_A_TIME = 1024
_REMEMBERED_MOVES = 2**16
"""Moves of the automaton that are remembered, in nine megabytes at most."""


class LanguageModel:
    """Tell which of some languages a text is in.

    >>> model = LanguageModel.load(["ar", "es", "fa", "fr", "pt"])
    >>> model.choose("O acesso à informação", ("es", "fr", "pt"))
    'pt'
    >>> model.choose("دسترسی به اطلاعات", ("ar", "fa"))
    'fa'
    """

    def __init__(
        self,
        languages: Sequence[str],
        weights: NDArray[np.float16],
        priors: NDArray[np.float32],
        moves: _Moves,
        features: array[int],
    ) -> None:
        """Wrap a packed model; use :meth:`load`.

        Args:
            languages: The code of each column; one that py3langid writes in two scripts has two.
            weights: For each feature what it says of each language.
            priors: What is added for each language.
            moves: The automaton.
            features: The feature that is counted in each state; negative: none.
        """
        self._languages = languages
        self._weights = weights
        self._priors = priors
        self._moves = moves
        self._features = features

    @classmethod
    def load(cls, languages: Iterable[str]) -> LanguageModel:
        """Load what py3langid's model knows of some languages: half a second.

        Args:
            languages: ISO 639-1 codes; one that the model does not know is never chosen.

        Raises:
            ModelError: This version of py3langid has a model of another form.
        """
        import numpy as np  # noqa: PLC0415 - only texts in doubt need it
        from py3langid.langid import MODEL_DIR, MODEL_FILE  # noqa: PLC0415

        wanted = set(languages)
        path = Path(MODEL_DIR) / MODEL_FILE
        # The file goes to the disk unpacked, so that its parts are held one at a time.
        with tempfile.TemporaryFile(suffix=".npz") as unpacked:
            with lzma.open(path) as packed:
                shutil.copyfileobj(packed, unpacked, length=2**20)
            with ZipFile(unpacked) as parts:
                names = {name.removesuffix(".npy") for name in parts.namelist()}
                if missing := [name for name in _PARTS if name not in names]:
                    raise ModelError(
                        f"py3langid's model has no {', '.join(missing)}",
                        where=str(path),
                        hint="pip install 'py3langid>=0.4,<0.5'",
                    )

                def read(name: str) -> NDArray[Any]:
                    """Read one array of the model."""
                    with parts.open(f"{name}.npy") as part:
                        return np.lib.format.read_array(part, allow_pickle=False)

                codes = read("classes").tolist()
                columns = [column for column, code in enumerate(codes) if code in wanted]
                return cls(
                    [codes[column] for column in columns],
                    np.ascontiguousarray(read("ptc")[:, columns]),
                    read("pc")[columns],
                    _pack(read("nextmove").reshape(-1, _BYTES), read("nextmove_row")),
                    array("i", read("out_feat").astype("int32").tobytes()),
                )

    def choose(self, text: str, candidates: tuple[str, ...]) -> str:
        """Return the candidate whose language a text is most likely in.

        Args:
            text: Any text.
            candidates: Codes of languages that the model was loaded with.
        """
        import numpy as np  # noqa: PLC0415 - loaded with the model

        columns = [column for column, code in enumerate(self._languages) if code in candidates]
        codes = [self._languages[column] for column in columns]
        visits = self._count_features(_encode(text))
        if not visits or not codes:
            return next(iter(codes), candidates[0])
        numbers = np.fromiter(visits, dtype=np.intp, count=len(visits))
        counts = np.fromiter(visits.values(), dtype=np.float32, count=len(visits))
        # Layout and order decide the last bit of a sum, so they are py3langid's.
        weights = np.ascontiguousarray(self._weights[numbers][:, columns])
        total = np.log1p(counts) @ weights + self._priors[columns]
        scores: dict[str, float] = {}
        for code, score in zip(codes, total.tolist(), strict=True):
            scores[code] = max(score, scores.get(code, score))
        return max(scores, key=scores.__getitem__)

    def _count_features(self, data: bytes) -> dict[int, int]:
        """Count the features in some bytes, in the order in which they come."""
        moves, features = self._moves, self._features
        state = 0
        states = Counter([state := moves[state | byte] for byte in data])
        visits: dict[int, int] = {}
        for visited, times in states.items():
            feature = features[visited // _BYTES]
            if feature >= 0:
                visits[feature] = visits.get(feature, 0) + times
        return visits


def _encode(text: str) -> bytes:
    """Return the bytes that py3langid reads of a text."""
    if text.isupper():
        text = text.lower()
    return unicodedata.normalize("NFC", text).encode(errors="surrogatepass")


class _Cells(NamedTuple):
    """The cells of the automaton's table that differ from those of another state."""

    keys: array[int]
    """State times 256 plus byte, in order."""
    targets: array[int]
    """The state that each leads to."""
    fallbacks: array[int]
    """For each state, the state whose cells stand for all others: one nearer to the start."""


class _Moves(dict[int, int]):
    """From a state and a byte, ``256 * state + byte``, to the next state, times 256.

    Moves are worked out when they are first met, and forgotten as a whole when
    they are too many: texts need a small part of them.
    """

    def __init__(self, cells: _Cells) -> None:
        super().__init__()
        self._cells = cells

    def __missing__(self, move: int) -> int:
        """Look for a cell of the state, or of those that stand for it."""
        if len(self) >= _REMEMBERED_MOVES:
            self.clear()
        keys, targets, fallbacks = self._cells
        state, byte = divmod(move, _BYTES)
        key, target = move, 0
        while True:
            place = bisect_left(keys, key)
            if place < len(keys) and keys[place] == key:
                target = targets[place]
                break
            if not state:
                break
            state = fallbacks[state]
            key = state * _BYTES + byte
        self[move] = target * _BYTES
        return target * _BYTES


def _pack(rows: NDArray[Any], row_of: NDArray[Any]) -> _Moves:
    """Keep of an automaton's table what cannot be told from states nearer to the start.

    Args:
        rows: The distinct rows, a cell for each byte.
        row_of: The row of each state; the start is state 0.
    """
    import numpy as np  # noqa: PLC0415 - loaded with the model

    fallbacks = np.zeros(len(row_of), dtype=np.uint32)
    met = np.zeros(len(row_of), dtype=bool)
    met[0] = True
    keys: list[NDArray[np.uint32]] = []
    targets: list[NDArray[np.uint32]] = []
    frontier = np.zeros(1, dtype=np.uint32)
    while frontier.size:
        further: list[NDArray[np.uint32]] = []
        for first in range(0, frontier.size, _STATES_AT_A_TIME):
            states = frontier[first : first + _STATES_AT_A_TIME]
            cells = rows[row_of[states]]
            others = rows[row_of[fallbacks[states]]] * (states > 0)[:, np.newaxis]
            places, bytes_ = np.nonzero(cells != others)
            found = cells[places, bytes_].astype(np.uint32)
            keys.append(states[places] * np.uint32(_BYTES) + bytes_.astype(np.uint32))
            targets.append(found)
            new = ~met[found]
            fallbacks[found[new]] = others[places, bytes_][new]
            met[found[new]] = True
            further.append(np.unique(found[new]))
        frontier = np.concatenate(further)
    every = np.concatenate(keys)
    order = np.argsort(every)
    packed = (every[order], np.concatenate(targets)[order], fallbacks)
    return _Moves(_Cells(*(array("I", numbers.tobytes()) for numbers in packed)))
