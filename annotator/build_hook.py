"""Compile the taxonomy into the wheel, so that an installed copy starts at once."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["CompileTaxonomy"]


class CompileTaxonomy(BuildHookInterface[Any]):
    """Add ``annotator/_taxonomy/compiled.msgpack`` to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the taxonomy; an editable install compiles on first use instead."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from annotator.taxonomy import compile_folder  # noqa: PLC0415 - found through the path

        target = Path(tempfile.mkdtemp()) / "compiled.msgpack"
        target.write_bytes(compile_folder(Path(self.root, "taxonomy")))
        build_data["force_include"][str(target)] = "annotator/_taxonomy/compiled.msgpack"
