"""The names that others may rely on, and that every module keeps its word about its own."""

from __future__ import annotations

import pkgutil
from copy import copy
from importlib import import_module
from importlib.metadata import version

import pytest

import annotator

PUBLIC = {
    "annotator": [
        "AnnotatedDocument",
        "AnnotatedParagraph",
        "Annotator",
        "AnnotatorError",
        "Assignment",
        "Decision",
        "Document",
        "DocumentAssignment",
        "Evidence",
        "Paragraph",
        "Place",
        "Suggestion",
        "Taxonomy",
    ],
    "annotator.errors": [
        "AnnotatorError",
        "EngineError",
        "InputError",
        "InputWarning",
        "LimitError",
        "MissingInputError",
        "ModelError",
        "NothingToWriteError",
        "OutputError",
        "RowError",
        "StoreError",
        "TaxonomyError",
        "UnreadableInputError",
        "UsageError",
        "WorkerError",
    ],
    "annotator.export": [
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
    ],
    "annotator.readers": [
        "ReadingOptions",
        "STANDARD_INPUT",
        "SUFFIXES",
        "read_documents",
    ],
    "annotator.report": [
        "Alignment",
        "CorpusSummary",
        "Detail",
        "LabelSummary",
        "render_report",
        "summarize",
    ],
    "annotator.review": ["ReviewApp", "Session"],
    "annotator.store": [
        "ACTIONS",
        "Action",
        "DEFAULT_FILE",
        "Declared",
        "Place",
        "Progress",
        "Query",
        "Settled",
        "Standing",
        "Store",
        "StoredDocument",
        "StoredParagraph",
        "Undone",
        "Vote",
        "apply_decisions",
        "is_store",
        "settle",
    ],
}
"""What the README shows and scripts import. A name leaves here only with a new major version."""

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(annotator.__path__, "annotator.")
    # The hook needs the builder, the command would run.
    if module.name not in ("annotator.build_hook", "annotator.__main__")
)


@pytest.mark.parametrize("module", PUBLIC)
def test_the_public_names_are_these(module: str) -> None:
    assert sorted(import_module(module).__all__) == PUBLIC[module]


@pytest.mark.parametrize("name", PUBLIC["annotator"])
def test_a_public_name_is_documented(name: str) -> None:
    assert getattr(annotator, name).__doc__


@pytest.mark.parametrize("module", MODULES)
def test_every_module_names_what_it_offers_and_has_it(module: str) -> None:
    loaded = import_module(module)
    assert loaded.__doc__
    assert sorted(loaded.__all__) == sorted(set(loaded.__all__))
    assert [name for name in loaded.__all__ if not hasattr(loaded, name)] == []


def test_an_unknown_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Annotate'"):
        getattr(annotator, "Annotate")  # noqa: B009 - the name is not there


@pytest.mark.parametrize("name", PUBLIC["annotator.errors"])
def test_every_error_has_one_base_and_says_what_where_and_what_to_try(name: str) -> None:
    kind = getattr(import_module("annotator.errors"), name)
    error = kind("no text", where="نص.txt:3", hint="open it")
    assert isinstance(error, annotator.AnnotatorError)
    assert str(error) == "نص.txt:3: no text. Try: open it"
    assert str(kind("no text")) == "no text"
    assert str(copy(error)) == str(error)  # errors travel between processes


def test_an_installed_version_is_known() -> None:
    assert version("wsis-sdg-annotator")
