"""Folding keeps the way back; words of six languages meet under their forms."""

from __future__ import annotations

import re
import unicodedata

import pytest
from generated import ODDITIES, mixed_text
from hypothesis import example, given, strategies as st

from annotator.forms import stem_word, word_forms
from annotator.lexicon import phrase_key, words_of
from annotator.segment import length_in_words
from annotator.text import HAN, WORD, fold, fold_string, script_of

SPACES_AROUND_HAN = re.compile(rf"(?<={HAN.pattern})\s+|\s+(?={HAN.pattern})")

SAME = {
    # Arabic
    "ar: vowel marks": ("التَّعْلِيمُ", "التعليم"),
    "ar: shadda and tanwin": ("مُدرِّسًا", "مدرسا"),
    "ar: superscript alef": ("هٰذا", "هذا"),
    "ar: Quranic marks": ("ٱلۡعِلۡمِ", "العلم"),
    "ar: tatweel": ("الـتـعـلـيـم", "التعليم"),
    "ar: alef with hamza above": ("أطفال", "اطفال"),
    "ar: alef with hamza below": ("إنترنت", "انترنت"),
    "ar: alef with madda": ("الآن", "الان"),
    "ar: alef maqsura": ("مستشفى", "مستشفي"),
    "ar: teh marbuta": ("الصحة", "الصحه"),
    "ar: Persian kaf and yeh": ("شبکة رقمی", "شبكة رقمي"),
    "ar: presentation forms": ("ﺍﻟﺘﻌﻠﻴﻢ", "التعليم"),
    "ar: lam-alef ligature": ("ﻻجئ", "لاجئ"),
    "ar: hamza as a mark of its own": ("ا\u0654طفال", "أطفال"),
    "ar: the ligature of the salutation": ("ﷺ", "صلى الله عليه وسلم"),
    "ar: Arabic-Indic digits": ("٢٠٣٠", "2030"),
    "ar: Persian digits": ("۲۰۳۰", "2030"),
    "ar: direction marks": ("\u200fالتعليم\u200e", "التعليم"),
    # Latin
    "en: capitals": ("BROADBAND", "broadband"),
    "en: full width": ("ＳＤＧ　９", "sdg 9"),
    "en: ligatures": ("ﬁnance, eﬃcient", "finance, efficient"),
    "en: soft hyphen": ("broad\u00adband", "broadband"),
    "en: byte order mark": ("\ufeffbroadband", "broadband"),
    "en: mathematical letters": ("𝐒𝐃𝐆", "SDG"),
    "de: sharp s": ("Straße", "STRASSE"),
    "es: accents": ("Educación, niñez", "educacion, ninez"),
    "es: decomposed": ("nin\u0303ez", "niñez"),
    "fr: accents": ("Égalité, où, maïs", "egalite, ou, mais"),
    "fr: cedilla": ("français", "francais"),
    "fr: decomposed": ("e\u0301galite\u0301", "égalité"),
    "fr: typographic apostrophe": ("l’eau", "l’eau"),
    # Cyrillic
    "ru: yo": ("учёные", "ученые"),
    "ru: stress mark": ("за\u0301мок", "замок"),
    "ru: decomposed short i": ("и\u0306", "й"),
    "ru: capitals": ("ЦУР", "цур"),
    # Chinese
    "zh: traditional": ("數據經濟與網絡安全", "数据经济与网络安全"),
    "zh: compatibility ideograph": ("\uf9d1", "六"),
    "zh: full-width digits": ("目标９", "目标9"),
    "zh: circled digits": ("目标⑨", "目标9"),
}

DIFFERENT = {
    "ru: short i and i": ("йод", "иод"),
    "ar: letters that differ by a dot": ("صرب", "ضرب"),
    "ar: hamza on waw": ("مؤمن", "مومنين"),
    "zh: different words": ("数据", "数字"),
    "en: words with a hyphen": ("e-health", "ehealth"),
}

INFLECTED = {
    "ar: two particles and a vowel mark": ("خدمة", "وللخدماتِ"),
    "ar: particle, plural and pronoun": ("تقنية", "بتقنياتها"),
    "ar: conjunction and article": ("تعليم", "والتعليم"),
    "ar: particle and all vowel marks": ("تعليم", "بالتَّعليمِ"),
    "ar: pronoun that opens teh marbuta": ("مدرسة", "مدرستنا"),
    "ar: particle, plural and another pronoun": ("مجتمع", "لمجتمعاتهم"),
    "ar: feminine plural with tanwin": ("شبكة", "شبكاتٍ"),
    "ar: li- swallows the article": ("حكومة", "للحكومات"),
    "ar: feminine adjective": ("رقمي", "الرقميّة"),
    "ar: masculine plural": ("مزارع", "للمزارعين"),
    "ar: article before hamza": ("إنترنت", "بالإنترنت"),
    "en: plural in -ies": ("library", "Libraries"),
    "en: plural": ("teacher", "teachers"),
    "en: participle": ("farming", "farmed"),
    "en: plural of -tion": ("vaccination", "vaccinations"),
    "en: plural of -ity": ("inequality", "inequalities"),
    "es: plural": ("biblioteca", "Bibliotecas"),
    "es: plural in -es": ("agricultor", "agricultores"),
    "es: plural of -ción": ("educación", "educaciones"),
    "es: feminine plural": ("médico", "médicas"),
    "es: plural of an adjective": ("sostenible", "sostenibles"),
    "fr: plural": ("bibliothèque", "bibliothèques"),
    "fr: plural of -eur": ("agriculteur", "agriculteurs"),
    "fr: plural of an adjective": ("numérique", "numériques"),
    "fr: accents left out": ("égalité", "egalites"),
    "fr: feminine plural": ("médical", "médicales"),
    "ru: instrumental plural": ("библиотека", "библиотеками"),
    "ru: genitive plural": ("учитель", "учителей"),
    "ru: adjective, instrumental plural": ("цифровой", "цифровыми"),
    "ru: prepositional plural": ("сеть", "сетях"),
    "ru: dative": ("образование", "образованию"),
    "ru: yo without its dots": ("учёный", "учеными"),
}

APART = {
    "en: globalization is not global": ("global", "globalization"),
    "en: privatisation is not private": ("private", "privatisation"),
    "en: protectionism is not protection": ("protection", "protectionism"),
    "es: proteccionismo is not protección": ("protección", "proteccionismo"),
    "fr: protectionnisme is not protection": ("protection", "protectionnisme"),
    "ru: vodka is not water": ("вода", "водка"),
    "ar: world is not science": ("علم", "عالم"),
    "ar: library is not book": ("كتب", "مكتبة"),
}


@pytest.mark.parametrize(("written", "plain"), SAME.values(), ids=SAME)
def test_spellings_of_one_word_fold_to_the_same(written: str, plain: str) -> None:
    assert fold_string(written) == fold_string(plain)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold_string(one) != fold_string(other)


@pytest.mark.parametrize(
    ("text", "folded", "wanted"),
    [
        pytest.param("قال ﷺ شيئا", "صلي الله", "ﷺ", id="one character that becomes eighteen"),
        pytest.param("Große Straße", "strasse", "Straße", id="sharp s"),
        pytest.param("cafe\u0301 noir", "cafe", "cafe\u0301", id="decomposed accent"),
        pytest.param("في الـتَّعليمِ عن بعد", "التعليم", "الـتَّعليمِ", id="marks and tatweel"),
        pytest.param("关于數據的", "数据", "數據", id="traditional"),
        pytest.param("ＳＤＧ９：产业", "sdg9", "ＳＤＧ９", id="full width"),
        pytest.param("число ½ и", "1⁄2", "½", id="fraction"),
    ],
)
def test_what_is_found_folded_is_cut_out_as_it_was_written(
    text: str, folded: str, wanted: str
) -> None:
    result = fold(text)
    place = result.text.index(folded)
    start, end = result.span(place, place + len(folded))
    assert text[start:end] == wanted


@given(mixed_text)
@example("".join(ODDITIES))
def test_every_folded_character_leads_back_to_what_it_was_made_from(text: str) -> None:
    folded = fold(text)
    spans = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    for character, (start, end) in zip(folded.text, spans, strict=True):
        assert character in fold_string(text[start:end])


@given(mixed_text, st.data())
@example("ﷺ Straße e\u0301", None)
def test_a_folded_slice_is_in_the_fold_of_the_slice_that_it_came_from(
    text: str, data: st.DataObject | None
) -> None:
    folded = fold(text)
    if not folded.text:
        return
    if data is None:
        first, last = 0, len(folded.text)
    else:
        first = data.draw(st.integers(0, len(folded.text) - 1))
        last = data.draw(st.integers(first + 1, len(folded.text)))
    start, end = folded.span(first, last)
    assert folded.text[first:last] in fold_string(text[start:end])


@given(mixed_text)
def test_spaces_within_chinese_are_dropped_and_still_counted(text: str) -> None:
    folded = fold(text, SPACES_AROUND_HAN)
    assert folded.text == fold(SPACES_AROUND_HAN.sub("", text)).text
    for place, character in enumerate(folded.text):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert character in fold_string(text[start:end])


def test_a_word_of_chinese_is_found_across_the_end_of_a_line() -> None:
    text = "发展数字\n  经济的合作"
    folded = fold(text, SPACES_AROUND_HAN)
    place = folded.text.index("数字经济")
    start, end = folded.span(place, place + 4)
    assert text[start:end] == "数字\n  经济"


@given(mixed_text)
def test_composed_and_decomposed_text_fold_to_the_same(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold_string(composed) == fold_string(decomposed)


@given(mixed_text)
def test_folding_with_and_without_a_map_agree(text: str) -> None:
    assert fold(text).text == fold_string(text)


@given(mixed_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_string(text)
    assert fold_string(once) == once


@pytest.mark.parametrize(
    ("language", "term", "word"),
    [(case[:2], *pair) for case, pair in INFLECTED.items()],
    ids=INFLECTED,
)
def test_an_inflected_word_meets_its_term(language: str, term: str, word: str) -> None:
    found = WORD.match(word)
    assert found is not None
    assert words_of(term, language)[0] in word_forms(found.group(), language)


@pytest.mark.parametrize(
    ("language", "term", "word"), [(case[:2], *pair) for case, pair in APART.items()], ids=APART
)
def test_a_word_that_only_looks_related_does_not_meet_a_term(
    language: str, term: str, word: str
) -> None:
    assert words_of(term, language)[0] not in word_forms(word, language)


AS_WRITTEN = {
    "en": ("=fertilizer", "Fertilizer", "fertility"),
    "en: one word of two": ("urban =park", "park", "parking"),
    "es": ("=peces", "PECES", "pecado"),
    "es: accents and capitals do not matter": ("=alud", "Álud", "aludir"),
    "fr": ("=réfugié", "refugié", "refuge"),
    "ru": ("=завод", "Завод", "заводить"),
    "ru: yo without its dots": ("=учёный", "ученый", "учеными"),
}


@pytest.mark.parametrize(
    ("language", "term", "same", "related"),
    [(case[:2], *words) for case, words in AS_WRITTEN.items()],
    ids=AS_WRITTEN,
)
def test_a_marked_word_is_compared_as_it_is_written(
    language: str, term: str, same: str, related: str
) -> None:
    wanted = words_of(term, language)[-1]
    assert wanted in word_forms(same, language)
    assert wanted not in word_forms(related, language)
    # Without the mark the two cannot be told apart.
    assert words_of(term.replace("=", ""), language)[-1] in word_forms(related, language)


@pytest.mark.parametrize("term", ["a=b", "2 = 3", "x== y", "broadband="])
def test_a_sign_that_stands_before_no_word_is_no_mark(term: str) -> None:
    assert not any(word.endswith("=") for word in words_of(term, "en"))


@pytest.mark.parametrize(
    ("word", "language", "acronym"),
    [
        pytest.param("ICT", "en", "=ICT", id="capitals"),
        pytest.param("ICTs", "en", "=ICT", id="capitals with a plural s"),
        pytest.param("ИКТ", "ru", "=ИКТ", id="Cyrillic capitals"),
        pytest.param("5G", "en", "=5G", id="digit and capital"),
        pytest.param("ＩＣＴ", "en", "=ICT", id="full width"),
        pytest.param("IoT", "en", None, id="mixed case is none"),
        pytest.param("It", "en", None, id="a word is none"),
        pytest.param("2030", "en", None, id="a number is none"),
        pytest.param("A", "en", None, id="one letter is none"),
    ],
)
def test_an_acronym_has_a_form_of_its_own(word: str, language: str, acronym: str | None) -> None:
    marked = [form for form in word_forms(word, language) if form.startswith("=")]
    assert marked == ([acronym] if acronym else [])


@given(st.sampled_from(["ar", "en", "es", "fr", "ru"]), mixed_text)
def test_every_word_has_at_least_one_form(language: str, text: str) -> None:
    for word in WORD.findall(text):
        forms = word_forms(word, language)
        assert forms
        assert len(set(forms)) == len(forms)


@given(mixed_text)
def test_words_hold_no_chinese_and_no_white_space(text: str) -> None:
    for word in WORD.findall(text):
        assert not HAN.search(word)
        assert not re.search(r"\s", word)


@pytest.mark.parametrize(
    ("characters", "script"),
    [
        ("aÉßØŁＡ", "Latin"),
        ("жЖёЇ", "Cyrillic"),
        ("عأىپگ", "Arabic"),
        ("数數々\uf9d1𠀀", "Han"),
        ("カひー"[:2], "Kana"),
        ("한", "Hangul"),
        ("1٣९ -。\u064b😀", "Other"),
    ],
    ids=lambda value: value if value.isascii() else "",
)
def test_a_character_belongs_to_its_script(characters: str, script: str) -> None:
    assert {script_of(character) for character in characters} == {script}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Broadband for all", 3, id="en"),
        pytest.param("النِّطاق العريض", 2, id="ar with marks"),
        pytest.param("数字经济", 2, id="zh: two characters count as one"),
        pytest.param("l'accès à l'eau", 5, id="fr: apostrophes part words"),
        pytest.param("5G网络", 2, id="mixed"),
        pytest.param(" -–… ", 0, id="no word"),
    ],
)
def test_length_is_counted_in_words(text: str, words: float) -> None:
    assert length_in_words(text) == words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        pytest.param("ar", "الأمن السيبراني", "الامن السيبرانى", id="ar: alef and yeh"),
        pytest.param("en", "smart  Cities", "smart city", id="en: plural, capitals, spaces"),
        pytest.param("es", "Tecnologías limpias", "tecnologia limpia", id="es: plural, accents"),
        pytest.param("fr", "Réseaux à haut débit", "réseau a haut debit", id="fr: plural, accents"),
        pytest.param("ru", "умные города", "умный город", id="ru: plural"),
        pytest.param("zh", "數字 經濟", "数字经济", id="zh: traditional, spaces"),
    ],
)
def test_one_term_spelled_in_two_ways_has_one_key(language: str, one: str, other: str) -> None:
    assert phrase_key(one, language) == phrase_key(other, language)


def test_one_stem_serves_for_counting() -> None:
    assert stem_word("Библиотеками", "ru") == stem_word("библиотека", "ru")
    assert stem_word("المكتبات", "ar") == stem_word("مكتبة", "ar")
    assert stem_word("數據", "zh") == "数据"
