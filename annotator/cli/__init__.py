"""The command line: parse, call, print, exit codes. No logic lives here.

One module a command, or a group of commands; each registers itself with the application.
"""

from annotator.cli import (
    claim,
    compare,
    explain,
    export,
    quality,
    report,
    review,
    store,
    taxonomy,
)
from annotator.cli.application import app, main

__all__ = [
    "app",
    "claim",
    "compare",
    "explain",
    "export",
    "main",
    "quality",
    "report",
    "review",
    "store",
    "taxonomy",
]
