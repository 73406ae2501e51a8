"""Annotated documents as reports that people read."""

from annotator.report.summary import Alignment, CorpusSummary, LabelSummary, summarize
from annotator.report.terminal import Detail, render_report

__all__ = ["Alignment", "CorpusSummary", "Detail", "LabelSummary", "render_report", "summarize"]
