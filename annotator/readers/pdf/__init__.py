"""PDF files: what pypdf decodes, put together again as paragraphs."""

from annotator.readers.pdf.reader import read_pdf

__all__ = ["read_pdf"]
