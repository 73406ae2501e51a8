"""The report as one page for a browser: everything in one file, nothing fetched from anywhere."""

from annotator.report.page.render import render_page

__all__ = ["render_page"]
