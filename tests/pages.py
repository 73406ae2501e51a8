"""Pages for the tests: a small corpus with everything in it, written as the command writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator import Document
from annotator.report.page import render_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from annotator import AnnotatedDocument, Annotator, Taxonomy

__all__ = ["HOSTILE", "SMALL", "annotate_texts", "shown_text", "write_page"]

SMALL: dict[str, str] = {
    "ar.txt": "خطوط عمل القمة: C7 الصحة الإلكترونية.\n\nتتيح منصة التطبيب عن بعد استشارات للمرضى في القرى.",
    "en.txt": "This project serves SDG 14.\n\nIt trains teachers to use digital tools in rural schools.",
    "es.txt": "La telemedicina llega a los pueblos indígenas y mejora la salud de las mujeres.",
    "fr.txt": "Le gouvernement étend l'accès à l'Internet haut débit dans les zones rurales.",
    "ru.txt": "ЦУР 4: правительство обучает учителей цифровым навыкам в сельских школах.",
    "zh.txt": "可持续发展目标9。\n\n远程医疗平台惠及偏远地区民众，宽带网络覆盖农村。",
    "nothing.txt": "The cat sat on the mat and looked at the rain for a while.",
}
"""Documents in the six languages, and one about no label."""

HOSTILE: dict[str, str] = {
    '<img src=x onerror="hacked=1">.txt': (
        "<script>hacked=1</script> broadband for all </script></noscript></details>"
        "<img src=x onerror=hacked=1> &lt;b&gt; &#13; {{ 7*7 }} {% raw %}"
    ),
    "javascript:hacked=1//": "</textarea><a href='javascript:hacked=1'>telemedicine</a> <svg/onload=hacked=1>",
    '"><svg onload=hacked=1>\u202etxt.exe': (
        "user\u202e}if (admin) broadband\u2066 networks\u2069 \u2067 cybersecurity for all\n\n"
        "\u2069\u202c\u202d broadband in schools \x1b[31m\x00\x07\x85\x9b red\r\nnext\rlast\x0b\x0c end"
    ),
    "a\nb\x1b]0;title\x07.txt": "\ufeffbroadband \ufffe\uffff 𠀀 \U000e0001 👩‍🏫 ﷺ telemedicine clinics<!-- ]]> --",
}
"""Documents that try to be more than text, in their names and in their words."""


def annotate_texts(annotator: Annotator, texts: dict[str, str]) -> list[AnnotatedDocument]:
    """Annotate texts by their names."""
    return [annotator.annotate(Document(name, name, text)) for name, text in texts.items()]


def write_page(
    path: Path,
    documents: Sequence[AnnotatedDocument],
    taxonomy: Taxonomy,
    language: str = "en",
    *,
    schemes: Sequence[str] | None = None,
    texts: bool = True,
) -> Path:
    """Write a page, and return where."""
    pieces: Iterable[str] = render_page(
        documents, taxonomy, language=language, schemes=schemes, texts=texts
    )
    path.write_bytes("".join(pieces).encode())
    return path


def shown_text(text: str) -> str:
    """Return what a page holds of a text: all of it, with a picture for what HTML cannot hold."""
    return text.replace("\0", "\u2400")
