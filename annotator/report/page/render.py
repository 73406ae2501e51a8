"""The page, put together."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotator.report.page.colors import color_styles
from annotator.report.page.corpus import lay_matrix, list_claims, list_rows, view_scheme
from annotator.report.page.documents import reasons, view_document
from annotator.report.page.markup import shown
from annotator.report.page.wheel import SIZE, short_names
from annotator.report.page.words import load_words
from annotator.report.summary import Cell, summarize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotator.model import AnnotatedDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["render_page"]

_TEMPLATES = Path(__file__).parent / "templates"

_BUFFER = 2000
"""Pieces of the template that leave together."""

_KINDS = {
    Cell.EXPECTED_FOUND: "exp hit",
    Cell.EXPECTED_ABSENT: "exp",
    Cell.UNEXPECTED_FOUND: "hit",
    Cell.DOUBTFUL_FOUND: "dbt hit",
    Cell.DOUBTFUL_ABSENT: "dbt",
    Cell.NEITHER: "",
}
"""How the style sheet knows what stands in a cell of the matrix."""

_FEW = 30
"""Documents up to which the page shows each one's declarations without being asked."""


def render_page(
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    *,
    texts: bool = True,
    schemes: Sequence[str] | None = None,
    language: str = "en",
) -> Iterator[str]:
    """Build the report as one HTML page that needs nothing else.

    The texts of the documents stand in the page unrendered until somebody opens
    them, so that a thousand documents open at once; without JavaScript they
    stand there as text.

    Args:
        documents: What was annotated.
        taxonomy: The labels, with their names and colours.
        texts: Whether the documents and their texts are shown, or the corpus alone.
        schemes: The schemes to report on; all of them by default.
        language: The language of the labels' names and of the page's own words.

    Yields:
        The page, piece by piece. Texts from documents stand in it as text:
        nothing in them is read as markup, and no script but the page's own runs.
    """
    chosen = [scheme for scheme in taxonomy.schemes if scheme in (schemes or taxonomy.schemes)]
    summary = summarize(documents, taxonomy)
    words = load_words(language)
    numbers = {label: number for number, label in enumerate(taxonomy.labels)}
    style = color_styles(label.color for label in taxonomy.labels.values()) + _source("page.css")
    scripts = _source("head.js"), _source("page.js")
    environment = _environment()
    environment.globals |= {
        "w": words,
        "numbers": numbers,
        "names": {label.id: label.name(language) for label in taxonomy.labels.values()},
        "languages": {code: profile.name for code, profile in taxonomy.languages.items()},
        "Cell": Cell,
    }
    environment.filters["reasons"] = partial(reasons, numbers=numbers)
    matrix = lay_matrix(summary, chosen, taxonomy)
    rows = list_rows(documents, summary, chosen, taxonomy)
    stream = environment.get_template(
        "page.html.jinja"
    ).stream(
        style=Markup(style),  # noqa: S704 - the page's own, and colours checked on reading
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - the page's own
        policy=_policy(style, scripts),
        summary=summary,
        languages_read=_by_count(summary.languages),
        reasons=_by_count(summary.abstained),
        schemes=[view_scheme(summary, scheme, taxonomy, language) for scheme in chosen],
        labels=[label for label in taxonomy.labels.values() if label.scheme in chosen],
        matrix=matrix,
        goal_names=short_names(matrix.goals) if matrix else {},
        sample=numbers[matrix.goals[-1]] if matrix else 0,
        kinds=_KINDS,
        claims=list_claims(summary, chosen, taxonomy),
        rows=rows,
        bodies=(view_document(document, chosen) for document in documents),
        texts=texts,
        few=len(documents) <= _FEW,
        wheel_size=SIZE,
        version=version("wsis-sdg-annotator"),
        taxonomy=taxonomy.fingerprint[:12],
    )
    stream.enable_buffering(_BUFFER)
    return iter(stream)


def _environment() -> Environment:
    """Return the templates' environment: everything is escaped, and what is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shown"] = shown
    return environment


def _source(name: str) -> str:
    """Read the style sheet or the script."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Forbid everything but this style sheet and these scripts, by their hashes."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {allowed}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Return the hash by which a content security policy knows an inline source."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _by_count(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return counts, the largest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
