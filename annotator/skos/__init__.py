"""Taxonomies as SKOS: the shipped one written out, somebody else's taken in.

SKOS is the W3C's model for thesauri and classifications, and what libraries
and statistical offices exchange. What the annotator knows beyond it (how
strongly a concept speaks for a label, colours, the matrix) stands in
properties of its own, which others may ignore.
"""

from annotator.skos.draft import ImportOptions
from annotator.skos.folder import Imported, import_taxonomy
from annotator.skos.graph import read_skos
from annotator.skos.turtle import write_turtle

__all__ = ["ImportOptions", "Imported", "import_taxonomy", "read_skos", "write_turtle"]
