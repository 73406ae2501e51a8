"""Reading in a process of its own, which can be killed.

A file may keep a parser busy for ever, fill the memory, or crash it; what runs
in C cannot be interrupted from within. So foreign formats are read in a second
process. It serves one file after the other, so that libraries are imported
once, and a new one takes its place when it had to be killed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, Self, cast

import msgspec

from annotator.errors import UnreadableInputError
from annotator.footprint import is_long
from annotator.readers.frames import Reply, Request, receive, send
from annotator.readers.patience import overdue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotator.errors import InputError
    from annotator.model import Document

__all__ = ["ReadingProcess"]


_START = 60.0
"""Seconds that the process may take to start, on a machine that does other things too."""


class ReadingProcess:
    """A process that reads one input after the other, started when the first one comes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._decoder = msgspec.msgpack.Decoder(Reply)

    def __enter__(self) -> Self:
        """Return itself; the process is not started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process, if there is one, whatever it is doing."""
        if self._process is None or self._owner != os.getpid():
            # A copy of this object in a forked process has nothing to end.
            return
        process, self._process = self._process, None
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What was not sent yet cannot be sent any more.
                with contextlib.suppress(OSError):
                    stream.close()

    def read(self, request: Request, on_error: Callable[[InputError], None]) -> Iterator[Document]:
        """Read what one input holds, within its limits.

        Args:
            request: What to read.
            on_error: Called with what could not be read.

        Yields:
            The documents.
        """
        process = self._started()
        left = request.options.seconds
        # If it has gone already, there will be no reply.
        with contextlib.suppress(OSError):
            send(cast("BinaryIO", process.stdin), request)
        while True:
            began = time.monotonic()
            message, late = _wait(process, left)
            left -= time.monotonic() - began
            if message is None:
                on_error(self._loss(request, late=late))
                return
            reply = self._decoder.decode(message)
            if reply.failure is not None:
                on_error(reply.failure.error())
            elif reply.document is not None:
                yield reply.document
                if is_long(reply.document):
                    # It waits for a word to go on.
                    with contextlib.suppress(OSError):
                        send(cast("BinaryIO", process.stdin), Reply())
            else:
                if reply.is_spent:
                    self.close()
                return

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the process, started if need be."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            # -P: the working folder may hold files that are named like libraries.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "annotator.readers.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            # Its start is no fault of the file's; if it fails, there will be no reply.
            _wait(self._process, _START)
        return self._process

    def _loss(self, request: Request, *, late: bool) -> InputError:
        """Say why there was no reply, and end what is left of the process."""
        self.close()
        if late:
            return overdue(request.name, request.options.seconds)
        return UnreadableInputError(
            "its reader failed on it: it is damaged, or made to do harm",
            where=request.name,
            hint="open it in the program that made it, and save it again",
        )


def _wait(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes | None, bool]:
    """Wait for a message; kill the process if none comes in time, and say so."""
    late = threading.Event()

    def end() -> None:
        """Note that the time is over, and end the process."""
        late.set()
        process.kill()

    timer = threading.Timer(max(seconds, 0.001), end)
    timer.daemon = True
    timer.start()
    try:
        message = receive(cast("BinaryIO", process.stdout))
    finally:
        timer.cancel()
    return message, late.is_set()
