"""The process that reads foreign formats: its own memory, no terminal, no network.

It is started by :mod:`annotator.readers.isolation`, reads what it is asked to,
and ends when nobody asks any more, or when it is killed.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from annotator.errors import InputError, LimitError, UnreadableInputError
from annotator.footprint import is_long
from annotator.readers.formats import read_source
from annotator.readers.frames import Failure, Reply, Request, receive, send
from annotator.readers.source import Reading, Source

if TYPE_CHECKING:
    from annotator.readers.options import ReadingOptions

__all__ = ["main", "refuse_side_effects"]

_NEARLY = 0.75
"""Share of the memory allowed from which what fails may have failed for want of it."""
_MUCH = 0.25
"""Share of the memory allowed that this process may keep when a file is read."""

_FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.system",
    "os.fork",
    "os.remove",
    "os.rename",
    "shutil.rmtree",
)
"""What no reader has a reason to do; a file that brings one to it gets an error instead."""


def main() -> None:
    """Answer requests on the standard streams until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _take_streams()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.addaudithook(refuse_side_effects)
    # Ready: from here on time counts.
    send(replies, Reply())
    decoder = msgspec.msgpack.Decoder(Request)
    limited = False
    while (message := receive(requests)) is not None:
        request = decoder.decode(message)
        if not limited:
            _limit_memory(request.options)
            limited = True
        _limit_time(request.options)
        _answer(request, requests, replies)
        if _has_held(_MUCH, request.options):
            return


def _answer(request: Request, requests: BinaryIO, replies: BinaryIO) -> None:
    """Read one input and send what is in it."""

    def complain(error: InputError) -> None:
        """Send what went wrong."""
        if isinstance(error, UnreadableInputError) and _has_held(_NEARLY, request.options):
            # Some libraries say of memory that they do not get only that something failed.
            error = _too_large(error.where, request.options)
        send(replies, Reply(failure=Failure.of(error)))

    try:
        reading = Reading(request.options, complain)
        source = Source(request.name, _data(request), request.suffix)
        for document in read_source(source, reading):
            send(replies, Reply(document=document))
            if is_long(document):
                # Until it is labelled, it has the memory for itself.
                receive(requests)
    except InputError as error:
        complain(error)
    except MemoryError:
        complain(_too_large(request.name, request.options))
    send(replies, Reply(is_spent=_has_held(_MUCH, request.options)))


def _too_large(name: str, options: ReadingOptions) -> LimitError:
    """Build the error for what does not fit into the memory."""
    return LimitError(
        f"reading it takes more than {options.memory >> 20} MiB of memory",
        where=name,
        hint="split it, or save it in a simpler format",
    )


def _data(request: Request) -> bytes:
    """Return the bytes to read."""
    if request.path is None:
        return request.data
    try:
        with open(request.path, "rb") as file:  # noqa: PTH123 - the path is bytes
            return file.read()
    except OSError as error:
        raise UnreadableInputError(
            f"it cannot be read ({error.strerror})",
            where=request.name,
            hint="check its permissions",
        ) from error


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take the standard streams for messages, and leave nothing that a library could print to."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, replies


def _limit_memory(options: ReadingOptions) -> None:
    """Have the system refuse more data than the options allow, where it can."""
    try:
        import resource  # noqa: PLC0415 - only Unix has it
    except ImportError:
        return
    limit = options.memory
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _has_held(share: float, options: ReadingOptions) -> bool:
    """Tell whether this process has held more than a share of the memory that is allowed."""
    try:
        # Not getrusage: what it tells includes the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return peak is not None and int(peak[1]) << 10 > share * options.memory


def _limit_time(options: ReadingOptions) -> None:
    """Have the system end this process should the one that waits for it be gone.

    Only time at work counts, so that a slow reader of the replies is no fault;
    it is twice what the waiting process allows, which ends this one in time.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, 2 * options.seconds + 1)


def refuse_side_effects(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what no reader has a reason to do: an audit hook of this process.

    Raises:
        PermissionError: The event is one of those.

    >>> refuse_side_effects("open", ("تقرير.docx",))
    >>> refuse_side_effects("socket.connect", ())
    Traceback (most recent call last):
    PermissionError: socket.connect while reading a document
    """
    del arguments
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} while reading a document")


if __name__ == "__main__":
    main()
