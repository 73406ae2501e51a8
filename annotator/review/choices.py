"""What the lists of the review offer: labels, documents, filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from rich.text import Text

from annotator.fusion import ORIGINS
from annotator.inert import inert
from annotator.review.sentences import filters
from annotator.store.entries import Order, StateFilter
from annotator.text import fold_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from annotator.review.search import LabelSearch
    from annotator.review.session import Session
    from annotator.store import Query, StoredDocument
    from annotator.taxonomy import Taxonomy

__all__ = ["Choice", "chosen_filter", "document_choices", "filter_choices", "label_choices"]

_CLEAR = "clear"
_BETWEEN = "="
_ID_WIDTH = 17
"""Cells of the longest id and a space."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose."""

    value: str
    text: Text
    """How the list shows it, on one row."""


def label_choices(
    search: LabelSearch, taxonomy: Taxonomy, names: str
) -> Callable[[str], Sequence[Choice]]:
    """Return a search over all labels, that says which word matched."""

    def find(typed: str) -> list[Choice]:
        """Return the labels that match what was typed."""
        choices = []
        for found in search.find(typed):
            name = taxonomy.labels[found.label].name(names)
            text = Text(f"{found.label:<{_ID_WIDTH}}")
            if found.because and found.because != name:
                text.append(f"{inert(found.because)} · ", style="dim")
            text.append(name)
            choices.append(Choice(found.label, text))
        return choices

    return find


def document_choices(documents: Iterable[StoredDocument]) -> Callable[[str], Sequence[Choice]]:
    """Return a search over the documents, those with open paragraphs told apart."""
    entries = []
    for document in documents:
        text = Text(f"{document.open:>5} open of {document.paragraphs:<5} {document.language}  ")
        text.append(inert(document.id))
        entries.append((fold_string(document.id), Choice(document.id, text)))
    return _containing(entries)


def filter_choices(session: Session, names: str) -> Callable[[str], Sequence[Choice]]:
    """Return a search over everything that the queue can be narrowed to."""
    taxonomy, query = session.taxonomy, session.query
    entries: list[tuple[str, Choice]] = []

    def offer(field: str, value: str, meaning: str = "") -> None:
        """Add an entry, marked where it is in use."""
        active = getattr(query, field) == value
        text = Text("● " if active else "  ", style="bold" if active else "")
        text.append(f"{field} {value}")
        if meaning:
            text.append(f"  {meaning}", style="dim")
        entries.append(
            (fold_string(f"{field} {value} {meaning}"), Choice(f"{field}{_BETWEEN}{value}", text))
        )

    if filters(query):
        entries.append(("clear", Choice(_CLEAR, Text("  clear all filters", style="bold"))))
    for state in get_args(StateFilter):
        if state != "disputed" or session.adjudicates:
            offer("state", state, _STATES[state])
    for language in session.store.languages():
        profile = taxonomy.languages.get(language)
        offer("language", language, profile.name if profile else "")
    for scheme in taxonomy.schemes.values():
        offer("scheme", scheme.id, scheme.pref_label.get(names) or scheme.pref_label["en"])
    for origin in ORIGINS:
        offer("origin", origin)
    for label in taxonomy.labels.values():
        offer("label", label.id, label.name(names))
    for order in get_args(Order):
        offer("order", order, _ORDERS[order])
    return _containing(entries)


_ORDERS = {
    "uncertain": "the least certain first",
    "disagree": "keyword and classifier at odds, or declared and unsupported, first",
    "document": "as they were read",
    "random": "the same for every reviewer",
}

_STATES = {
    "open": "neither decided nor skipped",
    "finished": "decided",
    "skipped": "put aside",
    "flagged": "",
    "commented": "",
    "disputed": "other reviewers disagree",
    "all": "whatever the state",
}


def chosen_filter(session: Session, value: str) -> Query:
    """Return the session's query with a filter set, or taken away if it was set already.

    Filters of different kinds hold together: a language and a label leave
    the paragraphs that have both.
    """
    first = session.first_query
    if value == _CLEAR:
        return replace(first, order=session.query.order)
    field, _, wanted = value.partition(_BETWEEN)
    if getattr(session.query, field) == wanted:
        wanted = getattr(first, field)
    change: dict[str, Any] = {field: wanted}
    return replace(session.query, **change)


def _containing(entries: Sequence[tuple[str, Choice]]) -> Callable[[str], Sequence[Choice]]:
    """Return a search for entries that contain every word typed; first those that begin with it."""

    def find(typed: str) -> list[Choice]:
        """Return the entries that contain every word typed."""
        words = fold_string(typed).split()
        whole = " ".join(words)
        found = [entry for entry in entries if all(word in entry[0] for word in words)]
        found.sort(key=lambda entry: not entry[0].startswith(whole))
        return [choice for _, choice in found]

    return find
