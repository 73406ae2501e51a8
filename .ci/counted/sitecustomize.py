"""Let a process write which branches it took, though it is killed and may write nothing.

Python imports this at its start while `.ci/coverage` runs, for the folder is in PYTHONPATH then. It
is for the process that reads foreign formats, which refuses to touch files and is ended by a kill.
"""

import subprocess
import sys
from collections.abc import Callable

_SECONDS = 5.0
"""How long a process may take to write what it counted."""

_kill = subprocess.Popen.kill
_add_hook = sys.addaudithook


def _ask_first(process: subprocess.Popen[bytes]) -> None:
    """End a process, by force only if it does not obey."""
    process.terminate()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)


def _add_lenient_hook(hook: Callable[[str, tuple[object, ...]], object]) -> None:
    """Add an audit hook that is not asked about the files with what was counted."""

    def ask(event: str, arguments: tuple[object, ...]) -> None:
        if event not in ("os.remove", "os.rename") or ".coverage." not in str(arguments[0]):
            hook(event, arguments)

    _add_hook(ask)


setattr(subprocess.Popen, "kill", _ask_first)  # noqa: B010 - mypy keeps methods from being replaced
setattr(sys, "addaudithook", _add_lenient_hook)  # noqa: B010 - the same
