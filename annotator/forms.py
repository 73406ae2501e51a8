"""The forms under which words are compared: folded and stemmed, or freed of particles.

Latin and Cyrillic words are compared by Snowball stem, or as they are written
where a term asks for it; Arabic words by a closed set of prefixes and suffixes
around an exact core.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from annotator.text import fold_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["stem_word", "word_forms"]

_SNOWBALL = {"ar": "arabic", "en": "english", "es": "spanish", "fr": "french", "ru": "russian"}

# Endings that carry meaning in this field though Snowball strips them: globalization is not global,
# privatization not private, protectionism not protection. Only their plural is taken off.
_KEPT_ENDINGS = {
    "en": re.compile(r"(i[sz]ation|ism)s?$"),
    "es": re.compile(r"(ismo)s?$"),
    "fr": re.compile(r"(isme)s?$"),
}

# Letters that writers of Arabic use for one another, and their Persian and Urdu look-alikes.


@cache
def _stem(language: str) -> Callable[[str], str]:
    """Return the stemmer of a language (identity where it has none)."""
    if language not in _SNOWBALL:
        return str
    import snowballstemmer  # noqa: PLC0415 - Chinese needs none

    stemmer = snowballstemmer.stemmer(_SNOWBALL[language])
    stemmer.maxCacheSize = 0  # who asks remembers the answer
    snowball: Callable[[str], str] = stemmer.stemWord
    kept = _KEPT_ENDINGS.get(language)
    if kept is None:
        return snowball

    def stem(word: str) -> str:
        """Return the stem; of a word with a kept ending that ending stays, in one spelling."""
        match = kept.search(word)
        return (
            word[: match.start()] + match.group(1).replace("is", "iz") if match else snowball(word)
        )

    return stem


# Particles that Arabic writes in one word with what follows, longest first, and endings that it
# writes in one word with what precedes: pronouns, sound plurals, the dual, the accusative.
_ARABIC_PREFIXES = (
    *("وبال", "وكال", "فبال"),
    *("وال", "فال", "بال", "كال", "ولل", "فلل"),
    *("ال", "لل", "وب", "ول", "وك", "فب", "فل"),
    *("و", "ف", "ب", "ك", "ل", "س"),
)
_ARTICLES = ("وال", "فال", "بال", "كال", "لل", "ال")
_ARABIC_PRONOUNS = ("هما", "ها", "هم", "هن", "نا", "كم", "ه", "ك", "ي")
_ARABIC_ENDINGS = ("ات", "ان", "ين", "ون", "يه", "ه", "ا", "")
_SHORTEST_CORE = 3


def _arabic_forms(word: str) -> Iterator[str]:
    """Yield every core that an Arabic word may have, the whole word first."""
    seen = {word}
    yield word
    stripped = [word, *(word.removeprefix(p) for p in _ARABIC_PREFIXES if word.startswith(p))]
    # A term may keep its particle and never has the article: "ومجتمعات" stands for "والمجتمعات".
    stripped += [
        prefix[0] + word.removeprefix(prefix)
        for prefix in _ARTICLES[:-1]
        if word.startswith(prefix)
    ]
    for prefix in _ARTICLES:
        # The article cannot be part of the word, so what follows it may be as short as حق or ري.
        short = word.removeprefix(prefix)
        if len(short) == _SHORTEST_CORE - 1 and word.startswith(prefix):
            seen.add(short)
            yield short
    for stem in stripped:
        for core in (stem, *_without_endings(stem)):
            if len(core) >= _SHORTEST_CORE and core not in seen:
                seen.add(core)
                yield core


def _without_endings(stem: str) -> Iterator[str]:
    """Yield a word without pronoun and ending; a teh marbuta hidden by either comes back."""
    bare = [stem, *(stem.removesuffix(p) for p in _ARABIC_PRONOUNS if stem.endswith(p))]
    for base in bare:
        for ending in _ARABIC_ENDINGS:
            if base.endswith(ending):
                core = base.removesuffix(ending)
                yield core
                if ending == "ات":
                    yield core + "ه"
        if base is not stem and base.endswith("ت"):
            yield base[:-1] + "ه"


def _is_acronym(word: str) -> bool:
    """Tell whether a word is written in capitals, a plural ``s`` aside: ICT, SDGs, ИКТ, 5G."""
    head = word.removesuffix("s")
    return len(head) > 1 and head.upper() == head and head.lower() != head


def stem_word(word: str, language: str) -> str:
    """Return one stem of a word, for counting words rather than finding terms.

    >>> stem_word("Библиотеками", "ru"), stem_word("المكتبات", "ar"), stem_word("2030", "zh")
    ('библиотек', 'مكتب', '2030')
    """
    return _stem(language)(fold_string(word))


def word_forms(word: str, language: str) -> tuple[str, ...]:
    """Return the forms under which a word may stand in the lexicon, likeliest first.

    Besides its stem, a word stands as it is written, with ``=`` behind it, for the
    terms that ask for that. A word in capitals has a third form that begins with
    ``=``: terms written in capitals match nothing else.

    Args:
        word: One match of :data:`WORD`.
        language: The language whose rules apply.

    >>> word_forms("Educación", "es"), word_forms("сетей", "ru")
    (('educ', 'educacion='), ('сет', 'сетей='))
    >>> word_forms("ICTs", "en")
    ('ict', 'icts=', '=ICT')
    >>> "خدمه" in word_forms("وللخدماتِ", "ar"), "تقنيه" in word_forms("بتقنياتها", "ar")
    (True, True)
    """
    folded = fold_string(word)
    if language == "ar":
        return tuple(_arabic_forms(folded))
    form, written = _stem(language)(folded), folded + "="
    if _is_acronym(word):
        return form, written, "=" + unicodedata.normalize("NFKC", word).removesuffix("s")
    return form, written
