"""Concepts are found where they stand, to the character, and where they do not they are not."""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest
from generated import LANGUAGES, RARE_LETTERS, meaningless_words, mixed_text
from hypothesis import given, strategies as st

from annotator import Annotator, Taxonomy
from annotator.forms import word_forms
from annotator.lexicon import (
    GAP,
    GAP_CHARACTERS,
    GAP_WORDS,
    Role,
    compile_index,
    language_of_word,
    pack,
    phrase_key,
    unpack,
    words_of,
)
from annotator.matcher import Match, Matcher
from annotator.phrases import PhraseFinder
from annotator.text import HAN, WORD, find_words, fold_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture(scope="session")
def matcher(taxonomy: Taxonomy) -> Matcher:
    return Matcher(taxonomy)


@pytest.fixture(scope="session")
def small_matcher(small_taxonomy: Taxonomy) -> Matcher:
    return Matcher(small_taxonomy)


class Entry(NamedTuple):
    """A term of the taxonomy that ships."""

    concept: int
    language: str
    term: str


@cache
def entries(language: str) -> list[Entry]:
    """List all terms of a language; no fixture, for hypothesis prints those when a test fails."""
    taxonomy = Taxonomy.load()
    return [
        Entry(number, language, term)
        for number, name in enumerate(taxonomy.concept_ids)
        for term in taxonomy.concepts[name].terms.get(language, ())
    ]


# What is found is there


def is_written(term: str, language: str, evidence: str) -> bool:
    """Tell, without any index, whether a piece of text is a way to write a term."""
    if HAN.search(term):
        return "".join(fold_string(evidence).split()) == phrase_key(term, language)
    wanted = words_of(term, language)
    words = WORD.findall(evidence)
    return len(words) == len(wanted) and all(
        form in word_forms(word, language_of_word(word, language))
        for form, word in zip(wanted, words, strict=True)
    )


def says(term: str, language: str, evidence: str) -> bool:
    """Tell the same of a term that may have a gap: its parts begin and end the evidence."""
    head, gap, tail = term.partition(GAP)
    if not gap:
        return is_written(term, language, evidence)
    cuts = range(1, len(evidence))
    return any(is_written(head, language, evidence[:cut]) for cut in cuts) and any(
        is_written(tail, language, evidence[cut:]) for cut in cuts
    )


@given(text=mixed_text, language=st.sampled_from(LANGUAGES))
def test_whatever_the_text_matches_lie_in_it_in_order(
    matcher: Matcher, text: str, language: str
) -> None:
    matches = matcher.find(text, language)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert [match[:2] for match in matches] == sorted(match[:2] for match in matches)
    assert len(set(matches)) == len(matches)


@given(data=st.data(), language=st.sampled_from(LANGUAGES))
def test_every_match_is_a_way_to_write_a_term_of_its_concept(
    matcher: Matcher,
    taxonomy: Taxonomy,
    data: st.DataObject,
    language: str,
) -> None:
    terms = [entry.term for entry in entries(language)]
    pieces = st.one_of(mixed_text, st.sampled_from(terms), st.sampled_from([" ", ", ", "\n", "-"]))
    text = "".join(data.draw(st.lists(pieces, max_size=12)))
    for match in matcher.find(text, language):
        concept = taxonomy.concepts[taxonomy.concept_ids[match.concept]]
        evidence = text[match.start : match.end]
        assert any(
            says(term, other, evidence) for other in LANGUAGES for term in concept.terms[other]
        ), (evidence, concept.id)


# What is there is found


def place_of(term: str, start: int) -> tuple[int, int]:
    """Return where the evidence of a term lies that begins at ``start``: its words, not its signs."""
    if HAN.search(term):
        return start, start + len(term)
    words = list(WORD.finditer(term))
    return start + words[0].start(), start + words[-1].end()


def fill_gaps(term: str, filler: str) -> str:
    """Put something into the gap of a term."""
    return term.replace(GAP, filler[:1] if HAN.search(term) else f" {filler} ")


def lost(matcher: Matcher, entries: Sequence[Entry]) -> list[Entry]:
    """Return the terms of one language that are not found in a text that consists of them."""
    language = entries[0].language
    word = RARE_LETTERS[language]
    filler = f"{word}。" if language == "zh" else f"{word} {word} {word}. "
    text = filler
    wanted = {}
    for entry in entries:
        term = fill_gaps(entry.term, word)
        wanted[entry] = Match(*place_of(term, len(text)), entry.concept)
        text += f"{term}. {filler}"
    found = set(matcher.find(text, language))
    return [entry for entry in entries if wanted[entry] not in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_of_the_lexicon_is_found_where_it_stands(
    language: str, matcher: Matcher, taxonomy: Taxonomy
) -> None:
    terms = entries(language)
    batches = [terms[first : first + 20] for first in range(0, len(terms), 20)]
    # Terms of a batch may cancel one another, so what is lost there is tried alone.
    alone = [entry for batch in batches for entry in lost(matcher, batch)]
    never = [
        f"{entry.term} ({taxonomy.concept_ids[entry.concept]})"
        for entry in alone
        if lost(matcher, [entry])
    ]
    assert never == []


SIGNS = {
    "ar": [" ", "، ", ". ", " (", " «", "\n", "؛ ", " – "],
    "en": [" ", ", ", ". ", " (", " “", "\n", "; ", "/"],
    "es": [" ", ", ", ". ", " (", " «", "\n", " ¿", "/"],
    "fr": [" ", ", ", ". ", " (", " « ", "\n", " l’", " d'"],
    "ru": [" ", ", ", ". ", " (", " «", "\n", " – ", "/"],
    "zh": ["", "，", "。", "（", "“", "\n", " ", "、"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_a_term_among_other_words_is_found_with_exact_evidence(
    language: str, matcher: Matcher, data: st.DataObject
) -> None:
    entry = data.draw(st.sampled_from(entries(language)))
    words = st.lists(meaningless_words(language), min_size=3, max_size=8)
    joint = "" if language == "zh" else " "
    term = fill_gaps(entry.term, RARE_LETTERS[language])
    before = joint.join(data.draw(words)) + data.draw(st.sampled_from(SIGNS[language]))
    after = data.draw(st.sampled_from(SIGNS[language])) + joint.join(data.draw(words))
    text = before + term + after
    start, end = place_of(term, len(before))
    found = matcher.find(text, language)
    assert Match(start, end, entry.concept) in found, [
        (text[match.start : match.end], match.concept) for match in found
    ]


MARKS = st.text("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640", max_size=2)
PARTICLES = ["و", "ف", "ب", "ل", "وب", "ال", "وال", "بال", "لل", "فلل"]


@given(data=st.data())
def test_an_arabic_term_is_found_under_any_marks_and_particles(
    matcher: Matcher, data: st.DataObject
) -> None:
    plain = [
        entry
        for entry in entries("ar")
        if GAP not in entry.term
        and all("\u0621" <= letter <= "\u064a" for letter in entry.term[:4])
    ]
    entry = data.draw(st.sampled_from(plain))
    particle = data.draw(st.sampled_from(PARTICLES))
    marked = "".join(
        letter + (data.draw(MARKS) if "\u0621" <= letter <= "\u064a" else "")
        for letter in particle + entry.term[:-1]
    )
    before = " ".join(data.draw(st.lists(meaningless_words("ar"), min_size=1, max_size=3))) + " "
    written = marked + entry.term[-1]
    text = f"{before}{written} {data.draw(meaningless_words('ar'))}"
    start, end = place_of(written, len(before))
    assert Match(start, end, entry.concept) in matcher.find(text, "ar")


# Inflection, spelling and script, on a lexicon of the tests' own

WRITTEN = {
    "ar: particles and vowel marks": ("ar", "وصل وللخدماتِ الصحيّةِ دور", "وللخدماتِ الصحيّةِ"),
    "ar: tatweel and vowel marks": ("ar", "نعمل بالتـطـبـيـبِ عن بُعد", "بالتـطـبـيـبِ عن بُعد"),
    "ar: pronoun on the noun": ("ar", "في مكتبتها الرقمية", "مكتبتها الرقمية"),
    "ar: plural with article": ("ar", "زيارة المكتبات الرقمية", "المكتبات الرقمية"),
    "ar: Persian letters": ("ar", "إنشاء مکتبه رقمیه", "مکتبه رقمیه"),
    "ar: presentation forms": ("ar", "إنشاء ﻣﻜﺘﺒﺔ رقمية", "ﻣﻜﺘﺒﺔ رقمية"),
    "ar: direction marks": ("ar", "في \u200fالاقتصاد الرقمي\u200f، اليوم", "الاقتصاد الرقمي"),
    "ar: across a line end": ("ar", "في الاقتصاد\nالرقمي", "الاقتصاد\nالرقمي"),
    "en: plural": ("en", "two Digital Libraries opened", "Digital Libraries"),
    "en: hyphen": ("en", "a digital-library project", "digital-library"),
    "en: capitals": ("en", "The DIGITAL ECONOMY, they said, is here", "DIGITAL ECONOMY"),
    "en: no-break space": ("en", "the digital\u00a0economy", "digital\u00a0economy"),
    "en: full width": ("en", "the ｄｉｇｉｔａｌ economy", "ｄｉｇｉｔａｌ economy"),
    "en: soft hyphen": ("en", "the digi\u00adtal economy", "digi\u00adtal economy"),
    "en: possessive": ("en", "the digital economy's size", "digital economy"),
    "es: plural": ("es", "las bibliotecas digitales", "bibliotecas digitales"),
    "es: accents left out": ("es", "la economia digital", "economia digital"),
    "es: decomposed accents": ("es", "la economi\u0301a digital", "economi\u0301a digital"),
    "es: capitals": ("es", "La ECONOMÍA Digital crece", "ECONOMÍA Digital"),
    "fr: elision": ("fr", "dans l'économie numérique", "économie numérique"),
    "fr: typographic elision": ("fr", "dans l’économie numérique", "économie numérique"),
    "fr: plural": ("fr", "les bibliothèques numériques", "bibliothèques numériques"),
    "fr: feminine to masculine": ("fr", "des services médicaux", "services médicaux"),
    "fr: accents left out": ("fr", "la bibliotheque numerique", "bibliotheque numerique"),
    "ru: instrumental": ("ru", "связано с цифровой экономикой", "цифровой экономикой"),
    "ru: accusative": ("ru", "строить цифровую экономику", "цифровую экономику"),
    "ru: genitive plural": ("ru", "сеть цифровых библиотек", "цифровых библиотек"),
    "ru: dative plural": ("ru", "доступ к медицинским услугам", "медицинским услугам"),
    "zh: no spaces": ("zh", "论坛推动数字经济与合作", "数字经济"),
    "zh: traditional": ("zh", "論壇推動數字經濟與合作", "數字經濟"),
    "zh: traditional library": ("zh", "建設數字圖書館。", "數字圖書館"),
    "zh: spaces between": ("zh", "发展 数字 经济 合作", "数字 经济"),
    "zh: across a line end": ("zh", "发展数字\n经济", "数字\n经济"),
    "zh: in another's text": ("en", "They call it 数字经济 there", "数字经济"),
    "ar: English acronym": ("ar", "نشر ICT في المدارس", "ICT"),
    "ar: English words": ("ar", "مفهوم digital economy الجديد", "digital economy"),
    "zh: acronym": ("zh", "推动ICT发展", "ICT"),
    "zh: full-width acronym": ("zh", "推动ＩＣＴ发展", "ＩＣＴ"),
    "en: plural of an acronym": ("en", "the use of ICTs in schools", "ICTs"),
    "ru: acronym": ("ru", "применение ИКТ в школе", "ИКТ"),
    "fr: acronym": ("fr", "l'usage des TIC à l'école", "TIC"),
    "es: acronym": ("es", "el uso de las TIC en la escuela", "TIC"),
    "en: gap of one word": ("en", "helping girls learn coding", "girls learn coding"),
    "en: gap of three words": (
        "en",
        "girls who like the coding class",
        "girls who like the coding",
    ),
    "en: gap of none": ("en", "a girls coding club", "girls coding"),
    "ru: gap": (
        "ru",
        "помогать девочкам учить программирование",
        "девочкам учить программирование",
    ),
    "zh: gap": ("zh", "帮助女孩学习编程。", "女孩学习编程"),
}


@pytest.mark.parametrize(("language", "text", "evidence"), WRITTEN.values(), ids=WRITTEN)
def test_a_term_is_found_however_it_is_written(
    small_matcher: Matcher, language: str, text: str, evidence: str
) -> None:
    found = [text[match.start : match.end] for match in small_matcher.find(text, language)]
    assert evidence in found


ABSENT = {
    "en: inside a word": ("en", "a contradiction of edicts and dictation"),
    "en: an acronym is no word": ("en", "she said it was fine"),
    "en: nor a word in a shouted heading": ("en", "IT IS WHAT IT IS, AND WE SAY IT AGAIN"),
    "en: across the end of a sentence": ("en", "it is remote. Care is needed"),
    "en: across a comma": ("en", "remote, care homes"),
    "en: across a bracket": ("en", "remote (care)"),
    "en: across a blank line": ("en", "remote\n\ncare"),
    "en: words in another order": ("en", "care that is remote"),
    "en: gap of four words": ("en", "girls and boys like the coding"),
    "en: gap across a sentence": ("en", "for girls. Coding is fun"),
    "en: gap the wrong way round": ("en", "coding for girls"),
    "ar: inside a word": ("ar", "البنكرياس"),
    "fr: another language's single word": ("fr", "le library du quartier"),
    "ru: inside a word": ("ru", "он стоял на банкете"),
    "zh: acronym inside a word": ("zh", "发展RAIN技术"),
    "zh: gap too wide": ("zh", "女孩和男孩一起去学校学习编程"),
    "zh: gap across a sentence": ("zh", "女孩来了。编程好"),
    "xx: an unsupported language": ("de", "digital economy"),
}


@pytest.mark.parametrize(("language", "text"), ABSENT.values(), ids=ABSENT)
def test_what_only_looks_like_a_term_is_not_found(
    small_matcher: Matcher, language: str, text: str
) -> None:
    assert [text[match.start : match.end] for match in small_matcher.find(text, language)] == []


LONGEST = {
    "ar": ("الاقتصاد الرقمي", ["الاقتصاد الرقمي"]),
    "en": ("the digital economy", ["digital economy"]),
    "es": ("la economía digital", ["economía digital"]),
    "fr": ("l'économie numérique", ["économie numérique"]),
    "ru": ("цифровая экономика", ["цифровая экономика"]),
    "zh": ("数字经济", ["数字经济"]),
    "en: apart": ("a digital, open economy", ["digital", "economy"]),
    "zh: apart": ("数字化的经济", ["数字", "经济"]),
    "en: overlapping": ("the digital economy forum", ["digital economy", "economy forum"]),
    "zh: overlapping": ("数字经济论坛", ["数字经济", "经济论坛"]),
    "en: twice": ("digital economy, digital economy", ["digital economy", "digital economy"]),
}


@pytest.mark.parametrize(("text", "evidence"), LONGEST.values(), ids=LONGEST)
def test_of_terms_one_in_another_only_the_longest_counts(
    small_matcher: Matcher, request: pytest.FixtureRequest, text: str, evidence: list[str]
) -> None:
    language = request.node.callspec.id[:2]
    found = [text[match.start : match.end] for match in small_matcher.find(text, language)]
    assert found == evidence


EXCEPTED = {
    "ar: hidden": ("ar", "أصاب الفيروس الحاسوبي الشبكة", []),
    "en: hidden": ("en", "A computer virus hit the office", []),
    "en: hidden in the plural": ("en", "Computer viruses hit the office", []),
    "en: hidden by what follows": ("en", "They installed a virus scanner", []),
    "es: hidden": ("es", "Un virus informático llegó", []),
    "fr: hidden": ("fr", "Un virus informatique est arrivé", []),
    "ru: hidden": ("ru", "О компьютерном вирусе писали", []),
    "zh: hidden": ("zh", "电脑病毒传播很快", []),
    "zh: hidden in traditional script": ("zh", "電腦病毒傳播很快", []),
    "en: elsewhere it counts": ("en", "Not a computer virus, a virus of birds", ["virus"]),
    "zh: elsewhere it counts": ("zh", "不是电脑病毒，而是禽类病毒", ["病毒"]),
    "en: only of its own concept": ("en", "The business climate of a digital age", ["digital"]),
    "ar: climate of business": ("ar", "تحسن مناخ الأعمال", []),
    "fr: climate of business": ("fr", "Le climat des affaires s'améliore", []),
    "es: climate of business": ("es", "El clima de negocios mejora", []),
    "ru: climate of business": ("ru", "О деловом климате", []),
    "zh: climate of business": ("zh", "商业气候改善", []),
    "en: cancelled anywhere in the text": ("en", "The bank needs more blood", []),
    "en: cancelled from far away": ("en", "The bank opened. Some time later, blood came.", []),
    "en: not cancelled": ("en", "The bank lends money", ["bank"]),
    "zh: cancelled": ("zh", "银行缺少血液", []),
}


@pytest.mark.parametrize(("language", "text", "evidence"), EXCEPTED.values(), ids=EXCEPTED)
def test_exceptions_hide_a_term_and_nothing_else(
    small_matcher: Matcher, language: str, text: str, evidence: list[str]
) -> None:
    assert [
        text[match.start : match.end] for match in small_matcher.find(text, language)
    ] == evidence


# The finder against a plain one

_BREAKS = set('.,;:!?،؛؟。，、；：！？…|•()[]{}（）【】《》"“”«»')
_ENDS = set(".;!?؛؟。；！？\n")
_CLINGING = set("\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\ufeff")
Terms = dict[str, list[str]]
Concepts = list[tuple[Terms, Terms, Terms]]


class Hit(NamedTuple):
    """A phrase found, with the number of its concept and what it does."""

    start: int
    end: int
    number: int
    role: Role


def plain_find(concepts: Concepts, language: str, text: str, *, foreign: bool) -> set[Hit]:
    """Find phrases by trying each term at each word or character: slow, and plainly right."""
    hits: set[Hit] = set()
    for number, parts in enumerate(concepts):
        for role, part in zip((Role.TERM, Role.EXCEPT, Role.UNLESS), parts, strict=True):
            for term in part.get(language, ()):
                find = plain_gaps if GAP in term else plain_spans
                spans = find(term, language, text, foreign=foreign)
                hits |= {Hit(*span, number, role) for span in spans}
    return hits


def plain_gaps(term: str, language: str, text: str, *, foreign: bool) -> Iterator[tuple[int, int]]:
    """Yield each first part with the nearest second part behind it, if that is near enough."""

    def spans(part: str) -> list[tuple[int, int]]:
        # A part without Chinese characters is searched as the whole term is: 5G…农业.
        if HAN.search(term):
            return sorted(plain_substrings(part, text))
        return sorted(plain_phrases(part, language, text, foreign=foreign))

    head, _, tail = term.partition(GAP)
    for start, end in spans(head):
        behind = [span for span in spans(tail) if span[0] >= end]
        if behind and is_near(text[end : behind[0][0]]):
            yield start, behind[0][1]


def is_near(between: str) -> bool:
    """Tell whether a gap is small enough and within one sentence."""
    if _ENDS & set(between):
        return False
    if HAN.search(between):
        return len(between) <= GAP_CHARACTERS
    return len(WORD.findall(between)) <= GAP_WORDS


def plain_spans(term: str, language: str, text: str, *, foreign: bool) -> Iterator[tuple[int, int]]:
    """Yield where a term without a gap stands."""
    yield from (
        plain_substrings(term, text)
        if HAN.search(term)
        else plain_phrases(term, language, text, foreign=foreign)
    )


def plain_phrases(
    term: str, language: str, text: str, *, foreign: bool
) -> Iterator[tuple[int, int]]:
    """Compare each word of a term with each word of a text."""
    wanted = words_of(term, language)
    words = list(WORD.finditer(text))
    capitals = sum(map(str.isupper, text))
    shouted = capitals >= 16 and capitals > 0.7 * sum(map(str.isalpha, text))
    if foreign and len(wanted) == 1 and not wanted[0].startswith("="):
        return
    for first in range(len(words) - len(wanted) + 1):
        window = words[first : first + len(wanted)]
        forms = [word_forms(w.group(), language_of_word(w.group(), language)) for w in window]
        if not all(form in known for form, known in zip(wanted, forms, strict=True)):
            continue
        if shouted and wanted[0].startswith("="):
            continue
        between = [text[a.end() : b.start()] for a, b in pairwise(window)]
        if any(_BREAKS & set(gap) or "\n\n" in gap.replace(" ", "") for gap in between):
            continue
        end = window[-1].end()
        while text[end - 1] in _CLINGING:
            end -= 1
        yield window[0].start(), end


def plain_substrings(term: str, text: str) -> Iterator[tuple[int, int]]:
    """Compare a term with the text from each of its characters on, spaces in Chinese left out."""
    key = "".join(fold_string(term).split())
    folded = [
        (character, place)
        for place, original in enumerate(text)
        if not (original.isspace() and touches_chinese(text, place))
        for character in fold_string(original)
    ]
    characters = "".join(character for character, _ in folded)
    for first in range(len(characters) - len(key) + 1):
        last = first + len(key)
        if characters[first:last] != key:
            continue
        edges = (characters[max(first - 1, 0) : first + 1], characters[last - 1 : last + 1])
        if any(len(edge) > 1 and edge.isascii() and edge.isalnum() for edge in edges):
            continue
        yield folded[first][1], folded[last - 1][1] + 1


def touches_chinese(text: str, place: int) -> bool:
    """Tell whether the run of white space at a place has a Chinese character at either end."""
    first = last = place
    while first > 0 and text[first - 1].isspace():
        first -= 1
    while last + 1 < len(text) and text[last + 1].isspace():
        last += 1
    around = text[max(first - 1, 0) : first] + text[last + 1 : last + 2]
    return bool(HAN.search(around))


VOCABULARY = {
    "ar": ["شبكة", "الشبكات", "رقمي", "والرقميةِ", "بيانات", "للبيانات", "من", "ICT", "data"],
    "en": ["data", "Data", "network", "networks", "digital", "ICT", "ICTs", "ict", "e", "of"],
    "es": ["red", "redes", "digital", "digitales", "datos", "de", "TIC", "tic", "salud"],
    "fr": ["réseau", "réseaux", "numérique", "données", "l", "de", "TIC", "santé", "sante"],
    "ru": ["сеть", "сети", "цифровая", "цифровой", "данные", "данных", "ИКТ", "икт", "и"],
    "zh": ["数", "字", "數", "经", "經", "网络", "5G", "AI", "ＡＩ", "R", "ICT"],
}
JOINTS = [" ", " ", " ", "  ", "-", ", ", ". ", "\n", "\n\n", " (", "’", "\u200f ", " / "]


@st.composite
def searches(draw: st.DrawFn) -> tuple[str, Concepts, str, bool]:
    """Draw a language, a small lexicon, a text of the same words, and whether it is foreign."""
    language = draw(st.sampled_from(LANGUAGES))
    foreign = draw(st.booleans()) and language != "zh"
    words = st.sampled_from(VOCABULARY[language])
    joint = "" if language == "zh" else " "
    phrases = st.lists(words, min_size=1, max_size=3).map(joint.join)
    gapped = st.tuples(phrases, phrases).map(f" {GAP} ".join)
    terms = phrases if foreign else st.one_of(phrases, phrases, gapped)
    concepts = draw(
        st.lists(
            st.tuples(
                st.lists(terms, min_size=1, max_size=3), st.lists(phrases, max_size=1), st.just([])
            ).map(lambda parts: tuple({language: part} for part in parts)),
            min_size=1,
            max_size=5,
        )
    )
    joints = st.sampled_from(["", "", "", " ", "\n", "，", "。"] if language == "zh" else JOINTS)
    text = "".join(draw(st.lists(st.tuples(words, joints).map("".join), max_size=14)))
    return language, [(one, two, three) for one, two, three in concepts], text, foreign


@given(search=searches())
def test_the_finder_finds_what_a_plain_search_finds(
    search: tuple[str, Concepts, str, bool],
) -> None:
    language, concepts, text, foreign = search
    finder = PhraseFinder(language, compile_index(language, concepts))
    found = finder.find_phrases(find_words(text), text, foreign=foreign)
    found += finder.find_substrings(text)
    terms = {Hit(*span, number, Role.TERM) for span, phrases in found for number in phrases.terms}
    others = {Hit(*span, *other) for span, phrases in found for other in phrases.others}
    assert terms | others == plain_find(concepts, language, text, foreign=foreign)


# What the issue names, through the whole annotator

HEALTH = {"SDG3", "C7.e-health"}
CLIMATE = {"SDG13", "C7.e-environment"}
OTHER_SENSE = {
    "ar: computer virus": ("أصاب فيروس حاسوبي أجهزة الشركة وأتلف ملفات الموظفين.", HEALTH),
    "en: computer virus": (
        "A computer virus infected the office network and erased files.",
        HEALTH,
    ),
    "es: computer virus": ("Un virus informático infectó los ordenadores de la empresa.", HEALTH),
    "fr: computer virus": ("Un virus informatique a infecté les ordinateurs du bureau.", HEALTH),
    "ru: computer virus": ("Компьютерный вирус заразил серверы компании и стёр файлы.", HEALTH),
    "zh: computer virus": ("计算机病毒感染了公司的服务器并删除了文件。", HEALTH),
    "zh: computer virus, traditional": ("電腦病毒感染了公司的電腦並刪除了檔案。", HEALTH),
    "ar: business climate": ("تحسن مناخ الأعمال في المنطقة بعد خفض الضرائب.", CLIMATE),
    "en: business climate": ("The business climate improved as taxes were cut.", CLIMATE),
    "es: business climate": ("El clima de negocios mejoró gracias a impuestos más bajos.", CLIMATE),
    "fr: business climate": ("Le climat des affaires s'est amélioré dans la région.", CLIMATE),
    "ru: business climate": ("Деловой климат в регионе улучшился после снижения налогов.", CLIMATE),
    "zh: business climate": ("减税之后，该地区的营商环境和商业气候有所改善。", CLIMATE),
}
OWN_SENSE = {
    "ar: virus": ("أصاب الفيروس آلاف المرضى وامتلأت المستشفيات.", "SDG3"),
    "en: virus": ("The virus infected thousands of patients and filled the hospitals.", "SDG3"),
    "es: virus": ("El virus infectó a miles de pacientes y llenó los hospitales.", "SDG3"),
    "fr: virus": ("Le virus a infecté des milliers de patients dans les hôpitaux.", "SDG3"),
    "ru: virus": ("Вирус заразил тысячи пациентов, больницы переполнены.", "SDG3"),
    "zh: virus": ("病毒感染了数千名患者，医院人满为患。", "SDG3"),
    "ar: climate": ("يهدد تغير المناخ وارتفاع درجات الحرارة سكان السواحل.", "SDG13"),
    "en: climate": ("Climate change and rising temperatures threaten the coast.", "SDG13"),
    "es: climate": ("El cambio climático y el calentamiento amenazan la costa.", "SDG13"),
    "fr: climate": ("Le changement climatique et le réchauffement menacent la côte.", "SDG13"),
    "ru: climate": ("Изменение климата и потепление угрожают побережью.", "SDG13"),
    "zh: climate": ("气候变化和气温上升威胁着沿海居民。", "SDG13"),
}


@pytest.mark.parametrize(("text", "forbidden"), OTHER_SENSE.values(), ids=OTHER_SENSE)
def test_a_term_in_another_sense_gives_no_label(
    annotator: Annotator, text: str, forbidden: set[str]
) -> None:
    assert not {label.label for label in annotator.annotate(text).assigned} & forbidden


@pytest.mark.parametrize(("text", "label"), OWN_SENSE.values(), ids=OWN_SENSE)
def test_the_same_term_in_its_own_sense_does(annotator: Annotator, text: str, label: str) -> None:
    assert label in {assigned.label for assigned in annotator.annotate(text).assigned}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_index_holds_once_what_its_phrases_share(taxonomy: Taxonomy, language: str) -> None:
    index = taxonomy.index(language)
    assert unpack(pack(index)) == index
    codes = [*index.phrases.values(), *index.substrings.values()]
    assert len(set(map(id, codes))) <= len(set(index.phrases.values())) + len(
        set(index.substrings.values())
    )
    forms = [*index.cores, *index.leads, *chain.from_iterable(index.leads.values())]
    assert len(set(map(id, forms))) == len(index.cores)
