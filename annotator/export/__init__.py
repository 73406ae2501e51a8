"""Annotated documents, and the taxonomy, for other programs."""

from annotator.export.records import SCHEMA_VERSION, from_dict, read_schema, to_dict
from annotator.export.resume import resume_export
from annotator.export.writers import (
    FORMATS,
    TAXONOMY_FORMATS,
    paths_of,
    write_export,
    write_taxonomy,
)

__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "TAXONOMY_FORMATS",
    "from_dict",
    "paths_of",
    "read_schema",
    "resume_export",
    "to_dict",
    "write_export",
    "write_taxonomy",
]
