"""Ask a process to end before it is killed, so that it can write which branches it took.

Python imports this at its start while `.ci/coverage` runs, for the folder is in PYTHONPATH then.
The process that reads foreign formats is always ended by a kill, which it would not outlive.
"""

import subprocess

_SECONDS = 5.0
"""How long a process may take to write what it counted."""

_kill = subprocess.Popen.kill


def _ask_first(process: subprocess.Popen[bytes]) -> None:
    """End a process, by force only if it does not obey."""
    process.terminate()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)


setattr(subprocess.Popen, "kill", _ask_first)  # noqa: B010 - mypy keeps methods from being replaced
