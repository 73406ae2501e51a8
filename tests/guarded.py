"""Run ``annotator`` in this process while whatever it must never do ends it.

``python tests/guarded.py report seeds``: sockets, other programs, and pickles are refused by an
audit hook, which the interpreter itself calls, whatever library asks.
"""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

FORBIDDEN = (
    *("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser."),
    *("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"),
    *("pickle.", "shelve."),
)
"""How the names of the events begin that must not happen."""


READER = [sys.executable, "-P", "-m", "annotator.readers.worker"]
"""The process that foreign formats are read in: it refuses sockets and programs by itself."""

PROBE = ("urllib3.util.connection", "_has_ipv6")
"""Where urllib3, which the reader of web pages brings, looks at its import whether the machine has
IPv6, by a socket on the loopback. It is refused like any other, and reading goes on without."""


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """End what does something forbidden."""
    if event == "subprocess.Popen" and arguments[1] == READER:
        return
    if event.startswith(FORBIDDEN):
        message = f"FORBIDDEN {event} {arguments}"
        if not any(_callers()):
            sys.stderr.write(message + "\n")
        raise PermissionError(message)


def _callers() -> Iterator[bool]:
    """Yield of each caller whether it is the probe."""
    frame = sys._getframe(2)  # noqa: SLF001 - the way to the callers, without their sources
    while frame.f_back is not None:
        yield (frame.f_globals.get("__name__"), frame.f_code.co_name) == PROBE
        frame = frame.f_back


class NoSocket(socket.socket):
    """A socket that cannot be made; other classes may still be built upon it."""

    def __init__(self, *arguments: object, **options: object) -> None:
        refuse("socket.socket", (arguments, options))


def no_address(*arguments: object, **options: object) -> NoReturn:
    """Refuse to look up or to reach another machine."""
    refuse("socket.address", (arguments, options))
    raise AssertionError


if __name__ == "__main__":
    setattr(socket, "socket", NoSocket)  # noqa: B010 - mypy keeps classes from being replaced
    for name in ("create_connection", "getaddrinfo", "socketpair"):
        setattr(socket, name, no_address)
    sys.addaudithook(refuse)
    from annotator.cli import main

    main(sys.argv[1:])
