"""The process that reads foreign formats: its own memory, no terminal, no network.

It is started by :mod:`annotator.readers.isolation`, reads what it is asked to,
and ends when nobody asks any more, or when it is killed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from annotator.errors import InputError, LimitError, UnreadableInputError
from annotator.readers.formats import read_source
from annotator.readers.frames import Failure, Reply, Request, receive, send
from annotator.readers.source import Reading, Source

if TYPE_CHECKING:
    from annotator.readers.options import ReadingOptions

__all__ = ["main"]

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
    sys.addaudithook(_forbid)
    decoder = msgspec.msgpack.Decoder(Request)
    limited = False
    while (message := receive(requests)) is not None:
        request = decoder.decode(message)
        if not limited:
            _limit_memory(request.options)
            limited = True
        _limit_time(request.options)
        _answer(request, replies)


def _answer(request: Request, replies: BinaryIO) -> None:
    """Read one input and send what is in it."""

    def complain(error: InputError) -> None:
        send(replies, Reply(failure=Failure.of(error)))

    try:
        reading = Reading(request.options, complain)
        source = Source(request.name, _data(request), request.suffix)
        for document in read_source(source, reading):
            send(replies, Reply(document=document))
    except InputError as error:
        complain(error)
    except MemoryError:
        complain(
            LimitError(
                f"reading it takes more than {request.options.memory >> 20} MiB of memory",
                where=request.name,
                hint="split it, or save it in a simpler format",
            )
        )
    send(replies, Reply())


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


def _limit_time(options: ReadingOptions) -> None:
    """Have the system end this process should the one that waits for it be gone.

    Only time at work counts, so that a slow reader of the replies is no fault;
    it is twice what the waiting process allows, which ends this one in time.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, 2 * options.seconds + 1)


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what no reader has a reason to do."""
    del arguments
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} while reading a document")


if __name__ == "__main__":
    main()
