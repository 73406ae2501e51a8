"""Annotated documents as records that other programs read."""

from annotator.export.records import SCHEMA_VERSION, from_dict, read_schema, to_dict
from annotator.export.resume import resume_export
from annotator.export.writers import FORMATS, write_export

__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "from_dict",
    "read_schema",
    "resume_export",
    "to_dict",
    "write_export",
]
