"""A real terminal to run the program in, with keys that can be pressed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from commands import environment

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Terminal", "needs_tmux"]

TMUX = shutil.which("tmux")
needs_tmux = pytest.mark.skipif(TMUX is None, reason="tmux, a terminal to run in, is not installed")


class Terminal:
    """A terminal of tmux's, on a server of its own."""

    def __init__(self, width: int, height: int) -> None:
        self._name = f"annotator-{uuid.uuid4().hex}"
        self._size = (str(width), str(height))

    def start(self, command: str, folder: Path, **variables: str) -> None:
        """Run a shell command in the terminal."""
        kept = environment(**variables)
        kept.pop("TMUX", None)
        width, height = self._size
        subprocess.run(
            [
                *self._tmux("-u", "-f", os.devnull),
                *("new-session", "-d", "-x", width, "-y", height, "-c", str(folder), command),
            ],
            check=True,
            env=kept,
        )

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        subprocess.run([*self._tmux(), "send-keys", *keys], check=True)

    def type(self, text: str) -> None:
        """Type characters."""
        subprocess.run([*self._tmux(), "send-keys", "-l", text], check=True)

    def record(self, path: Path) -> None:
        """Keep a copy of everything that is sent to the terminal from now on."""
        command = f"cat > {shlex.quote(str(path))}"
        subprocess.run([*self._tmux(), "pipe-pane", "-o", command], check=True)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Return the screen once a text stands on it."""
        end = time.monotonic() + seconds
        shown = ""
        while time.monotonic() < end:
            captured = subprocess.run(
                [*self._tmux(), "capture-pane", "-p"], capture_output=True, check=True
            )
            shown = captured.stdout.decode()
            if text in shown:
                return shown
            time.sleep(0.05)
        pytest.fail(f"{text!r} never stood on the screen:\n{shown}")

    def stop(self) -> None:
        """End this terminal's server."""
        subprocess.run([*self._tmux(), "kill-server"], check=False, capture_output=True)

    def _tmux(self, *options: str) -> list[str]:
        """Return the command up to tmux's own commands."""
        return [TMUX or "tmux", "-L", self._name, *options]
