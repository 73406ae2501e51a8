"""Texts that hypothesis makes up: all scripts, and what real files hold besides letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")

SENTENCES: Mapping[str, tuple[str, ...]] = {
    "ar": (
        "أعلنت الحكومة عن خطة جديدة لتوسيع شبكات النطاق العريض في القرى النائية.",
        "تُدرّب الوزارة المعلّمين على استخدام تكنولوجيا المعلومات في المدارس،",
        "الهدف الثامن: العمل اللائق ونمو الاقتصاد",
    ),
    "en": (
        "The ministry trains teachers to use digital tools in rural schools.",
        "Cybersecurity and broadband for all (C2, C5),",
        "SDG 9: Industry, innovation and infrastructure",
    ),
    "es": (
        "El Gobierno amplía la conexión de banda ancha en las regiones más alejadas.",
        "La telemedicina llega a los pueblos indígenas;",
        "ODS 4: educación de calidad",
    ),
    "fr": (
        "Le gouvernement étend l'accès à l'Internet haut débit dans les zones rurales.",
        "L'égalité des sexes et l'accès à l'eau,",
        "ODD 13 : lutte contre les changements climatiques",
    ),
    "ru": (
        "Правительство расширяет доступ к широкополосной связи в сельских районах.",
        "Кибербезопасность и обучение учителей цифровым навыкам,",
        "ЦУР 3: хорошее здоровье и благополучие",
    ),
    "zh": (
        "数字经济是新时代的丝绸之路，发展数字经济是我们的共同愿景。",
        "加強網絡安全，縮小數位落差；",
        "可持续发展目标9：产业、创新和基础设施",
    ),
}

ODDITIES = (
    *("ﷺ", "ﷲ", "ﻻ", "ﻷ", "ß", "ﬁ", "ﬃ", "İ", "ı", "ŉ", "ǅ", "Ⅷ", "㎞", "½", "①", "㍿", "ﾊﾟ"),
    *("e\u0301", "и\u0306", "й", "ё", "ا\u0654", "ل\u064e\u0651", "\u0301", "\u064b", "ـ"),
    *("\u200c", "\u200d", "\u200f", "\u202e", "\ufeff", "\u00ad", "\u2067", "\ufe0f", "\u0000"),
    *("\n", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0b", "\t", "\u00a0", "\u3000", " "),
    *("\n-\n", "\n- ", "\n• ", "# ", "1) ", "…", "...", "\x1b[31m", "[bold]", "[/]", "{}", "%s"),
    *("٣٫٥", "۲۰۳۰", "２０３０", "ＳＤＧ９", "С1", "C1", "ج 6.", "SDGs 9 and 11", "目標八", "ICT"),
    *("한국어", "हिन्दी", "ภาษา", "データ", "😀", "👩‍🏫", "🇺🇳", "𠀀", "𝐒𝐃𝐆", "ꙮ", "ა", "\U000e0001"),
)
"""Pieces that break naive code: ligatures, marks, invisible characters, ends of lines, markup."""

anything: SearchStrategy[str] = st.text(max_size=20)
"""Any code points, surrogates aside."""

sentences: SearchStrategy[str] = st.sampled_from(
    [sentence for language in LANGUAGES for sentence in SENTENCES[language]]
)

_pieces = st.one_of(
    anything, sentences, st.sampled_from(ODDITIES), st.sampled_from([" ", "\n", "، ", "。", "-"])
)

mixed_text: SearchStrategy[str] = st.lists(_pieces, max_size=24).map("".join)
"""Text in all scripts at once, as no sane file holds it and some file will."""

documents: SearchStrategy[str] = st.lists(
    st.lists(st.one_of(sentences, sentences, anything, st.sampled_from(ODDITIES)), max_size=6).map(
        " ".join
    ),
    max_size=12,
).map("\n".join)
"""Text of several lines, most of them sentences."""

RARE_LETTERS: Mapping[str, str] = {
    "ar": "ظغضثذ",
    "en": "qzxjk",
    "es": "qzxjk",
    "fr": "qzxjk",
    "ru": "ъщэжф",
    "zh": "魑魅魍魉饕餮",
}
"""Letters of which no term consists, so that words made of them mean nothing."""


def meaningless_words(language: str) -> SearchStrategy[str]:
    """Make up words that are written in a language's script and stand in no lexicon."""
    return st.text(RARE_LETTERS[language], min_size=4, max_size=9)
