"""What a label needs: "e-health" is about health and about technology, never about health alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from generated import LANGUAGES
from hypothesis import given, strategies as st

from annotator.card import fused
from annotator.context import ContextFinder
from annotator.datasets import ExampleReader
from annotator.errors import TaxonomyError
from annotator.matcher import Matcher
from annotator.model import Document
from annotator.resources import taxonomy_folder
from annotator.spans import SpanSet
from annotator.taxonomy import Taxonomy
from annotator.taxonomy_check import check_taxonomy
from annotator.taxonomy_source import read_source
from annotator.training import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annotator import Annotator

APPLICATIONS = (
    "C7.e-government",
    "C7.e-business",
    "C7.e-learning",
    "C7.e-health",
    "C7.e-employment",
    "C7.e-environment",
    "C7.e-agriculture",
    "C7.e-science",
)

WITH_AND_WITHOUT = [
    ("ar", "يستشير المرضى أطباءهم عبر الهاتف.", "ينقل الإسعاف المرضى إلى المستشفى."),
    ("en", "Patients ask their doctors by phone.", "An ambulance takes patients to hospital."),
    ("es", "Los pacientes llaman por teléfono.", "La ambulancia lleva a los pacientes."),
    ("fr", "Les patients écrivent un courriel.", "L'ambulance conduit les patients à l'hôpital."),
    ("ru", "Пациенты звонят по телефону.", "Скорая помощь везёт пациентов в больницу."),
    ("zh", "患者用手机向医生咨询。", "救护车把患者送到医院。"),
]

PLAIN = [
    ("en", "The hospital opened a new ward; nurses vaccinate children and doctors treat patients."),
    ("en", "Farmers sowed millet after the rains and harvested twice as much as the year before."),
    ("en", "Teachers asked for smaller classes, more textbooks and a meal for every pupil."),
    ("en", "The factory hired two hundred workers and raised the minimum wage after the strike."),
    ("ar", "افتتح المستشفى جناحاً جديداً، ويطعّم الممرضون الأطفال ويعالج الأطباء المرضى."),
    ("ar", "زرع الفلاحون الذرة بعد هطول المطر وحصدوا ضعف محصول العام الماضي."),
    ("ar", "طالب المعلمون بأقسام أقل اكتظاظاً وكتب مدرسية أكثر ووجبة لكل تلميذ."),
    ("es", "El hospital abrió una sala nueva; las enfermeras vacunan a los niños de la comarca."),
    (
        "es",
        "Los agricultores sembraron maíz tras las lluvias y cosecharon el doble que el año pasado.",
    ),
    (
        "es",
        "Los maestros pidieron clases más pequeñas, más libros de texto y comida para cada alumno.",
    ),
    ("fr", "L'hôpital a ouvert un service; les infirmières vaccinent les enfants des villages."),
    (
        "fr",
        "Les paysans ont semé le mil après les pluies et récolté deux fois plus que l'an dernier.",
    ),
    ("fr", "Les enseignants demandent des classes moins chargées, des manuels et une cantine."),
    ("ru", "В больнице открыли новое отделение, медсёстры прививают детей из соседних сёл."),
    ("ru", "Крестьяне посеяли просо после дождей и собрали вдвое больше, чем в прошлом году."),
    ("ru", "Учителя просят меньших классов, больше учебников и горячего обеда для школьников."),
    ("zh", "医院新开了病房，护士给儿童接种疫苗，医生治疗病人。"),
    ("zh", "雨后农民播种小米，收成比去年多了一倍。"),
    ("zh", "教师们要求缩小班级规模，增加教科书，并为每个学生提供午餐。"),
]


@pytest.fixture(scope="module")
def finder(taxonomy: Taxonomy) -> ContextFinder:
    return ContextFinder(taxonomy)


def test_the_applications_of_technology_need_it(taxonomy: Taxonomy) -> None:
    needs = {label.id: label.needs for label in taxonomy.labels.values() if label.needs}
    assert needs == dict.fromkeys(APPLICATIONS, "information-technology")


@pytest.mark.parametrize(("language", "speaking", "silent"), WITH_AND_WITHOUT)
def test_a_word_of_technology_meets_the_need(
    language: str, speaking: str, silent: str, finder: ContextFinder
) -> None:
    assert finder.unmet(speaking, language, []) == frozenset()
    assert finder.unmet(silent, language, []) == set(APPLICATIONS)


@given(st.data())
def test_every_word_of_the_context_meets_it_wherever_it_stands(
    finder: ContextFinder, terms: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    language, _, silent = data.draw(st.sampled_from(WITH_AND_WITHOUT))
    term = data.draw(st.sampled_from(terms[language]))
    before = data.draw(st.booleans())
    text = f"{term}. {silent}" if before else f"{silent} {term}"
    assert finder.unmet(text, language, []) == frozenset()


@pytest.fixture(scope="module")
def terms() -> dict[str, tuple[str, ...]]:
    """Return the words of the shipped context, by language."""
    (context,) = read_source(taxonomy_folder()).contexts
    return context.terms


def test_a_decisive_term_of_a_label_meets_its_need_and_no_other(taxonomy: Taxonomy) -> None:
    finder, matcher = ContextFinder(taxonomy), Matcher(taxonomy)
    text = "Telepsychiatry reached the islands."
    matches = matcher.find(text, "en")
    assert {taxonomy.concept_ids[match.concept] for match in matches}
    lacking = finder.lacking(text, "en")
    assert lacking - finder.unmet(text, "en", matches) == {"C7.e-health"}


@pytest.mark.parametrize("language", ["und", "pt", "hi"])
def test_nothing_is_asked_of_a_language_that_is_not_read(
    language: str, finder: ContextFinder
) -> None:
    assert finder.unmet("कोई शब्द", language, []) == frozenset()


@pytest.mark.parametrize(("language", "text"), PLAIN)
def test_a_subject_without_technology_is_no_application_of_it(
    language: str, text: str, annotator: Annotator
) -> None:
    result = annotator.annotate(text)
    assert result.language == language
    assert not [label.label for label in result.assigned if label.label.startswith("C7")]


@pytest.mark.parametrize(("language", "speaking", "silent"), WITH_AND_WITHOUT)
def test_an_explanation_says_that_the_classifier_is_not_heard(
    language: str, speaking: str, silent: str, annotator: Annotator
) -> None:
    assert not [
        term
        for explanation in annotator.explain(speaking)
        for label in explanation.labels
        for term, _ in label.terms
        if "not heard without" in term
    ]
    explained = {
        label.label: dict(label.terms)
        for explanation in annotator.explain(silent)
        for label in explanation.labels
    }
    assert explained, language
    for label, terms in explained.items():
        silenced = [value for name, value in terms.items() if "not heard without" in name]
        assert bool(silenced) == (label in APPLICATIONS)
        assert all(value <= 0 for value in silenced)


@pytest.mark.parametrize(("language", "text"), PLAIN)
def test_what_training_measures_is_what_the_annotator_says(
    language: str, text: str, annotator: Annotator
) -> None:
    taxonomy, classifier = annotator.taxonomy, annotator.classifier
    document = Document(id="text", source="", text=text, language=language)
    [row] = ExampleReader(taxonomy, KINDS).read([document], "plain")
    assert row.unmet
    matches = Matcher(taxonomy).find(text, language)
    raw = classifier.scores(text, language, matches, SpanSet())
    scores = np.array([list(raw.values())], dtype=np.float32)
    measured = fused([row], scores, list(raw), annotator.settings, taxonomy).probability[0]
    by_label = dict(zip(raw, measured, strict=True))
    explained = [label for one in annotator.explain(text) for label in one.labels]
    assert explained
    for label in explained:
        assert by_label[label.label] == pytest.approx(label.score, abs=1e-3)


CONCEPTS = """
- id: clinic
  labels: {C7.e-health: strong, SDG3: strong}
  terms:
    ar: [عيادة]
    en: [clinic]
    es: [clínica]
    fr: [clinique]
    ru: [клиника]
    zh: [诊所]
"""


def with_context(folder: Path, contexts: str) -> Path:
    """Write another ``contexts.yaml`` into a taxonomy folder."""
    (folder / "contexts.yaml").write_text(contexts, encoding="utf-8")
    return folder


def context(language: str, term: str, name: str = "information-technology") -> str:
    """Return a file with one context; one language has a term of its own."""
    words = dict.fromkeys(LANGUAGES, "5G") | {language: term}
    listed = "".join(f"      {code}: [{word}]\n" for code, word in words.items())
    return f"contexts:\n  - id: {name}\n    terms:\n{listed}"


def test_other_words_need_no_programmer(write_taxonomy: Callable[[str], Path]) -> None:
    folder = with_context(write_taxonomy(CONCEPTS), context("ru", "перфокарта"))
    assert check_taxonomy(folder) == []
    finder = ContextFinder(Taxonomy.load(folder))
    assert finder.unmet("Больница ведёт учёт на перфокартах", "ru", []) == frozenset()
    assert finder.unmet("Больница ведёт учёт на компьютере", "ru", []) != frozenset()


@pytest.mark.parametrize(
    ("contexts", "said"),
    [
        (context("en", "phone", "telephony"), "C7.e-health needs information-technology"),
        (context("fr", '"mot, mot"'), "can never match"),
        (context("fr", "objet … connecté"), "can never match"),
        (context("pt", "celular"), "has terms in pt, which is not supported"),
        (context("en", "phone") + context("en", "phone").split("\n", 1)[1], "stands twice"),
        (context("zh", "手机").replace("      ru: [5G]\n", ""), "has no term in ru"),
    ],
)
def test_a_mistake_in_the_contexts_is_found(
    contexts: str, said: str, write_taxonomy: Callable[[str], Path]
) -> None:
    folder = with_context(write_taxonomy(CONCEPTS), contexts)
    assert [problem for problem in check_taxonomy(folder) if said in problem.what]


@pytest.mark.parametrize("content", [b"\xff\xfe\xfd", b"contexts: [b\n", b"- a\n"])
def test_a_damaged_file_of_contexts_is_named(
    content: bytes, write_taxonomy: Callable[[str], Path]
) -> None:
    folder = write_taxonomy(CONCEPTS)
    (folder / "contexts.yaml").write_bytes(content)
    with pytest.raises(TaxonomyError) as raised:
        Taxonomy.load(folder)
    assert raised.value.where.startswith(str(folder / "contexts.yaml"))


def test_a_need_that_nothing_describes_is_refused(write_taxonomy: Callable[[str], Path]) -> None:
    folder = write_taxonomy(CONCEPTS)
    (folder / "contexts.yaml").unlink()
    with pytest.raises(TaxonomyError, match=r"needs information-technology.*Try:"):
        Taxonomy.load(folder)


def test_a_taxonomy_without_needs_has_no_contexts(write_taxonomy: Callable[[str], Path]) -> None:
    folder = write_taxonomy(CONCEPTS)
    (folder / "contexts.yaml").unlink()
    schemes = folder / "schemes.yaml"
    text = schemes.read_text(encoding="utf-8")
    schemes.write_text(text.replace("    needs: information-technology\n", ""), encoding="utf-8")
    assert check_taxonomy(folder) == []
    assert ContextFinder(Taxonomy.load(folder)).unmet("plain", "en", []) == frozenset()
