"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from annotator.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["atomic_writer", "describe_file", "naming_failure", "write_atomically"]


@contextlib.contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` only when it is complete.

    The data go to a new file in the same folder, are flushed to the disk, and
    take the place of the old file in one step. A pipe or a device is written
    to directly: it has no old content to protect.

    Args:
        path: The file to write or replace. A symbolic link is followed.

    Raises:
        OSError: The folder is missing, not writable or full; the old file, if
            there was one, is untouched.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all; text is written as UTF-8.

    Raises:
        OSError: As for :func:`atomic_writer`.

    >>> folder = tempfile.mkdtemp()
    >>> write_atomically(Path(folder) / "标签.json", "النص")
    >>> (Path(folder) / "标签.json").read_text(encoding="utf-8")
    'النص'
    """
    with atomic_writer(path) as file:
        file.write(data.encode() if isinstance(data, str) else data)


def describe_file(path: Path) -> dict[str, str | int]:
    """Return path, size in bytes and SHA-256 of a file: what tells whether it has changed.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return {"path": str(path), "size": file.tell(), "sha256": digest.hexdigest()}


@contextlib.contextmanager
def naming_failure(path: Path) -> Iterator[None]:
    """Turn a failure to write into an error that names the file and says what to try.

    Raises:
        OutputError: What stands inside could not write.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"it cannot be written ({error.strerror})",
            where=str(path),
            hint="another folder, or more space",
        ) from error


def _umask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
