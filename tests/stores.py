"""Documents, and a store that holds them, for the tests of review."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from annotator.model import (
    AnnotatedDocument,
    AnnotatedParagraph,
    Assignment,
    Document,
    DocumentAssignment,
    Evidence,
    Paragraph,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LABELS", "SETTINGS", "TEXTS", "annotated_document", "made_up_documents"]

SETTINGS: dict[str, Any] = {
    "version": "1.0",
    "taxonomy": "t1",
    "model": "m1",
    "thresholds": {"C2": 0.4, "SDG4": 0.5},
}

TEXTS = {
    "ar": "وسّعت الحكومة شبكات النطاق العريض في القرى النائية لتصل إلى جميع المدارس والمستشفيات",
    "en": "The ministry trains teachers to use digital tools in every rural school of the country.",
    "es": "La telemedicina llega a los pueblos; las enfermeras consultan por video con el hospital.",
    "fr": "Le gouvernement étend l'accès à l'Internet haut débit dans toutes les zones rurales.",
    "ru": "Правительство расширяет доступ к широкополосной связи во всех сельских районах страны.",
    "zh": "农村地区的宽带网络和移动通信正在迅速发展，学校和医院都已接入互联网。",
}
"""One paragraph in each language, each long enough to stand alone."""

LABELS = ("C2", "C4", "C7.e-health", "SDG3", "SDG4", "SDG9")


def annotated_document(
    texts: Sequence[str],
    name: str = "doc.txt",
    scores: Sequence[dict[str, float]] = (),
    language: str = "en",
    kinds: Sequence[str] = (),
) -> AnnotatedDocument:
    """Return a document whose paragraphs have the given scores, as a machine would give them."""
    start = 0
    paragraphs = []
    for index, text in enumerate(texts):
        given = scores[index] if index < len(scores) else {"C2": 0.9, "SDG4": 0.3}
        kind: Any = kinds[index] if index < len(kinds) else "body"
        labels = tuple(
            Assignment(
                label,
                "sdg" if label.startswith("SDG") else "wsis",
                score,
                score >= 0.5,
                ("keyword", "classifier"),
                (Evidence(start, start + 3, text[:3], "keyword", "concept", 1.0),),
            )
            for label, score in sorted(given.items(), key=lambda item: -item[1])
        )
        paragraph = Paragraph(index, start, start + len(text), text, language, kind)
        paragraphs.append(AnnotatedParagraph(paragraph, labels))
        start += len(text) + 2
    labels_of = tuple(
        DocumentAssignment(
            label, "sdg" if label.startswith("SDG") else "wsis", 0.5, assigned=False, origins=()
        )
        for label in LABELS
    )
    document = Document(id=name, source=name, text="\n\n".join(texts))
    return AnnotatedDocument(document, language, tuple(paragraphs), labels_of)


def made_up_documents(paragraphs: int, size: int = 50, seed: int = 1) -> list[AnnotatedDocument]:
    """Return documents of made-up paragraphs, all different, with scores all over the place."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    words = " ".join(TEXTS.values()).split()
    documents = []
    for number in range(0, paragraphs, size):
        texts = [
            f"{number + n}: " + " ".join(draw.choices(words, k=12))
            for n in range(min(size, paragraphs - number))
        ]
        scores = [
            {label: round(draw.random(), 4) for label in draw.sample(LABELS, 3)} for _ in texts
        ]
        documents.append(annotated_document(texts, f"{number}.txt", scores))
    return documents
