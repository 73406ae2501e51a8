"""Waiting for a file no longer than the user allows: a pipe may stay silent for ever.

Opening a file and reading from it may block inside the system, where no platform
lets them be interrupted in the same way. So a thread does both, and the one that
needs the bytes waits for the thread. A thread that is too late is left behind: it
cannot be ended, but it holds nothing that others need, and goes with the process.
"""

from __future__ import annotations

import io
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from annotator.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from _typeshed import WriteableBuffer

__all__ = ["Patience", "PatientFile", "overdue"]

Result = TypeVar("Result")

_PAUSE = 0.01
"""Seconds until one looks again for bytes that are not there yet."""


class Patience:
    """The time that reading one file may still take."""

    def __init__(self, seconds: float, name: str) -> None:
        """Begin to wait.

        Args:
            seconds: The time in all.
            name: What is read, as the user named it.
        """
        self.name = name
        self.is_over = False
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def renew(self) -> None:
        """Begin anew: something came."""
        self._end = time.monotonic() + self._seconds

    def wait(self, function: Callable[[], Result], close: Callable[[], object]) -> Result:
        """Call a function that may block, and wait for its result.

        Args:
            function: What may block.
            close: Called by the thread, if it was left behind, should it ever come to an end.

        Raises:
            LimitError: The time is over.
            OSError: The function raised it.
        """
        call = _Call(function, close)
        thread = threading.Thread(target=call.run, daemon=True)
        thread.start()
        thread.join(max(0.0, self._end - time.monotonic()))
        if not call.is_done():
            self.is_over = True
            raise overdue(self.name, self._seconds)
        if call.error is not None:
            raise call.error
        return call.results[0]


class _Call(Generic[Result]):
    """A call in a thread that may be left behind."""

    def __init__(self, function: Callable[[], Result], close: Callable[[], object]) -> None:
        self.results: list[Result] = []
        self.error: OSError | None = None
        self._function = function
        self._close = close
        self._lock = threading.Lock()
        self._is_left = False

    def run(self) -> None:
        """Call the function."""
        try:
            result = self._function()
        except OSError as error:
            self.error = error
        else:
            self.results.append(result)
        with self._lock:
            if self._is_left:
                self._close()

    def is_done(self) -> bool:
        """Tell whether the call has ended; if not, leave it behind."""
        with self._lock:
            self._is_left = not self.results and self.error is None
            return not self._is_left


class PatientFile(io.RawIOBase):
    """A file that is read within the time that the options allow.

    It has no buffer of its own: the lock of a buffer that a thread left behind
    would break the end of the process.
    """

    def __init__(self, source: str | PathLike[str] | int, patience: Patience) -> None:
        """Open a file.

        Args:
            source: Its path, or the number under which it is open already and stays so.
            patience: The time that it has.

        Raises:
            LimitError: Opening took too long.
            OSError: It cannot be opened.
        """
        super().__init__()
        self._patience = patience
        self._source = source
        self._file: io.FileIO | None = None
        patience.wait(self._open, self._close)

    def readable(self) -> bool:
        """Return ``True``."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read as much as there is, up to some bytes; none at the end.

        Raises:
            LimitError: It took too long.
            OSError: It cannot be read.
        """
        return self._patience.wait(partial(self._read, size), self._close)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read as :meth:`read` does, into a buffer."""
        view = memoryview(buffer).cast("B")
        # The thread gets no hold of the buffer: left behind, it would write into it later.
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def renew(self) -> None:
        """Let the time count anew: a row came."""
        self._patience.renew()

    def close(self) -> None:
        """Close the file, unless a thread still has it."""
        if not self.closed:
            super().close()
            if not self._patience.is_over:
                self._close()

    def _open(self) -> None:
        """Open the file: in a thread."""
        self._file = io.FileIO(self._source, closefd=not isinstance(self._source, int))

    def _read(self, size: int) -> bytes:
        """Read some bytes: in a thread."""
        while self._file is not None:
            data = self._file.read(size)
            if data is not None:
                return data
            # Nothing has come yet, and the file was opened so that nobody has to wait.
            time.sleep(_PAUSE)
        return b""

    def _close(self) -> None:
        """Close the file itself."""
        if self._file is not None:
            self._file.close()


def overdue(name: str, seconds: float) -> LimitError:
    """Build the error for what took too long to read.

    >>> print(overdue("التقرير.pdf", 60))
    التقرير.pdf: reading it took longer than 60 s. Try: --timeout 240, or split it
    """
    return LimitError(
        f"reading it took longer than {seconds:g} s",
        where=name,
        hint=f"--timeout {4 * seconds:g}, or split it",
    )
