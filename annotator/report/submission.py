"""Claims and rationales as Markdown, for pasting into a submission.

Every sentence is a quotation with its place (¶ number of the paragraph, page
or cell where there is one, offsets in code points); headings come from
``submission.yaml`` and the taxonomy. What stands in a document stays text:
nothing in it is read as Markdown or HTML.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.claim import Standing, make_claim
from annotator.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.claim import Claim, ClaimedLabel
    from annotator.model import AnnotatedDocument
    from annotator.rationale import Quote
    from annotator.taxonomy import Taxonomy

__all__ = ["escape_markdown", "render_claim", "render_markdown"]

_FALLBACK = "en"
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#|~&!$]|(?:^|(?<=\s))[-+=:]|(?<=\d)[.)](?=\s|$)")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\b(www)(?=\.)")


def escape_markdown(text: str) -> str:
    r"""Return a text on one line that Markdown shows as it is.

    White space becomes single spaces; an address is no link.

    >>> print(escape_markdown("# *Тест* <b>\n1. [x](y) 数字_经济"))
    \# \*Тест\* \<b\> 1\. \[x\]\(y\) 数字\_经济
    """
    plain = " ".join(inert(text).split())
    escaped = _MARKUP.sub(lambda match: "\\" + match.group(), plain)
    return _ADDRESS.sub(lambda match: match.group() + "\u2060", escaped)


def render_claim(claim: Claim, taxonomy: Taxonomy) -> Iterator[str]:
    """Yield a claim in the language of its document: by standing, scheme and label, with quotes."""
    words = _words(claim.language)
    yield f"# {words['title']}: {escape_markdown(claim.document)}\n"
    for standing in Standing:
        entries = [entry for entry in claim.labels if entry.standing is standing]
        yield f"\n## {words[standing.value]}\n"
        if not entries:
            yield f"\n{words['nothing']}\n"
        for scheme, name in _schemes(entries, taxonomy, claim.language):
            yield f"\n### {name}\n"
            for entry in entries:
                if entry.scheme == scheme:
                    yield f"\n**{_label(entry.label, taxonomy, claim.language)}**\n"
                    for quote in entry.quotes:
                        yield f"\n> {escape_markdown(quote.text)}\n>\n> — {_place(quote)}\n"


def render_markdown(
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    *,
    schemes: Sequence[str] | None = None,
    language: str = _FALLBACK,
) -> Iterator[str]:
    """Yield the labels of documents, each with the one sentence that says most for it.

    Args:
        documents: What was annotated.
        taxonomy: The labels, with their names.
        schemes: The schemes to report on; all of them by default.
        language: The language of the headings and names; quotations stay in theirs.
    """
    words = _words(language)
    yield f"# {words['title']}\n"
    for document in documents:
        claim = make_claim(document, taxonomy, schemes=schemes, most=1)
        yield f"\n## {escape_markdown(claim.document)}\n"
        if not claim.labels:
            yield f"\n{words['nothing']}\n"
        for scheme, name in _schemes(claim.labels, taxonomy, language):
            yield f"\n### {name}\n\n"
            for entry in claim.labels:
                if entry.scheme == scheme:
                    yield _line(entry, taxonomy, language, words)


def _line(entry: ClaimedLabel, taxonomy: Taxonomy, language: str, words: Mapping[str, str]) -> str:
    """Return a label, whether it is declared, and its quotation, as one entry of a list."""
    said = f"- **{_label(entry.label, taxonomy, language)}** ({words[entry.standing.value]})"
    for quote in entry.quotes:
        shown = words["quoted"].format(escape_markdown(quote.text))
        said += f"  \n  {shown} — {_place(quote)}"
    return said + "\n"


def _schemes(
    entries: Sequence[ClaimedLabel], taxonomy: Taxonomy, language: str
) -> Iterator[tuple[str, str]]:
    """Yield the schemes that labels are of, with their names."""
    used = {entry.scheme for entry in entries}
    for scheme in taxonomy.schemes.values():
        if scheme.id in used:
            names = scheme.pref_label
            yield scheme.id, escape_markdown(names.get(language) or names.get("en") or scheme.id)


def _label(label: str, taxonomy: Taxonomy, language: str) -> str:
    """Return a label's id and name."""
    return f"{escape_markdown(label)} · {escape_markdown(taxonomy.labels[label].name(language))}"


def _place(quote: Quote) -> str:
    """Return where a quotation stands."""
    locator = f", {escape_markdown(quote.locator)}" if quote.locator else ""
    return f"¶ {quote.paragraph}{locator}, {quote.start}–{quote.end}"


@cache
def _words(language: str) -> Mapping[str, str]:
    """Return the words of a language, in English where there are none."""
    import yaml  # noqa: PLC0415 - only these forms of the report need it

    text = Path(__file__).with_name("submission.yaml").read_text(encoding="utf-8")
    table = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    return {key: words.get(language) or words[_FALLBACK] for key, words in table.items()}
