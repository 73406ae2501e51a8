"""The taxonomy as it ships, and what its check finds in one that is wrong."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES

from annotator import Taxonomy
from annotator.errors import TaxonomyError
from annotator.taxonomy_check import check_taxonomy
from annotator.text import script_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUBLINES = [
    *("C7.e-government", "C7.e-business", "C7.e-learning", "C7.e-health"),
    *("C7.e-employment", "C7.e-environment", "C7.e-agriculture", "C7.e-science"),
]
LABELS = [
    *(f"C{number}" for number in range(1, 12)),
    *SUBLINES,
    *(f"SDG{number}" for number in range(1, 18)),
]
GOALS = LABELS[-17:]
DOUBTFUL = {
    *(("C2", "SDG8"), ("C3", "SDG4"), ("C4", "SDG8"), ("C8", "SDG5"), ("C8", "SDG9")),
    *(("C9", "SDG5"), ("C7.e-environment", "SDG14"), ("C7.e-environment", "SDG16")),
}
SCRIPT = {
    "ar": "Arabic",
    "en": "Latin",
    "es": "Latin",
    "fr": "Latin",
    "ru": "Cyrillic",
    "zh": "Han",
}


# Labels and matrix


def test_there_are_36_labels_of_two_schemes_and_35_leaves(taxonomy: Taxonomy) -> None:
    assert sorted(taxonomy.labels) == sorted(LABELS)
    assert len(taxonomy.labels) == 36
    assert set(taxonomy.leaves()) == set(LABELS) - {"C7"}
    assert set(taxonomy.leaves("sdg")) == set(GOALS)
    assert {taxonomy.scheme_of(label) for label in GOALS} == {"sdg"}
    assert {taxonomy.scheme_of(label) for label in LABELS[:-17]} == {"wsis"}


def test_sub_lines_and_nothing_else_have_a_broader_label(taxonomy: Taxonomy) -> None:
    broader = {label.id: label.broader for label in taxonomy.labels.values() if label.broader}
    assert broader == dict.fromkeys(SUBLINES, "C7")


@pytest.mark.parametrize("label", LABELS)
def test_a_label_has_a_name_of_its_own_in_six_languages_and_a_colour(
    taxonomy: Taxonomy, label: str
) -> None:
    entry = taxonomy.labels[label]
    assert set(entry.pref_label) >= set(LANGUAGES)
    for language in LANGUAGES:
        name = entry.name(language)
        assert name == name.strip()
        scripts = Counter(script_of(letter) for letter in name if letter.isalpha())
        assert scripts.most_common(1)[0][0] == SCRIPT[language]
        others = [other.name(language) for other in taxonomy.labels.values() if other != entry]
        assert name not in others
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", entry.color)
    assert set(entry.rendered) | set(entry.corrected) <= set(LANGUAGES)


def test_every_line_has_agencies_that_facilitate_it(taxonomy: Taxonomy) -> None:
    assert [
        line for line in taxonomy.leaves("wsis") if not taxonomy.labels[line].facilitators
    ] == []


def test_the_schemes_have_names_in_six_languages(taxonomy: Taxonomy) -> None:
    assert list(taxonomy.schemes) == ["wsis", "sdg"]
    for scheme in taxonomy.schemes.values():
        assert set(scheme.pref_label) >= set(LANGUAGES)


def test_the_matrix_has_18_lines_and_eight_doubtful_cells(taxonomy: Taxonomy) -> None:
    assert set(taxonomy.matrix) == set(taxonomy.leaves("wsis"))
    doubtful = {(line, goal) for line, row in taxonomy.matrix.items() for goal in row.doubtful}
    assert doubtful == DOUBTFUL
    for line, goal in DOUBTFUL:
        assert taxonomy.expected(line, goal) is None
    assert taxonomy.expected("C7.e-health", "SDG3") is True
    assert taxonomy.expected("C7.e-learning", "SDG15") is False
    assert taxonomy.expected("C7", "SDG3") is False


@pytest.mark.shared
def test_the_matrix_is_the_published_one(taxonomy: Taxonomy, shared: Path) -> None:
    published = json.loads((shared / "data/wsis/matrix.json").read_text(encoding="utf-8"))["lines"]
    assert set(taxonomy.matrix) == set(published)
    for line, row in taxonomy.matrix.items():
        facts = published[line]
        doubtful = {*facts["only_action_view"], *facts["only_sdg_view"]}
        assert {f"SDG{number}" for number in doubtful} == set(row.doubtful)
        assert {f"SDG{number}" for number in set(facts["union"]) - doubtful} == set(row.goals)
        assert sorted(facts["targets"]) == sorted(row.targets)


@pytest.mark.shared
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_goals_have_their_official_names(
    taxonomy: Taxonomy, shared: Path, language: str
) -> None:
    path = shared / "data/sdg/goals_and_targets.jsonl"
    official: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if (row["lang"], row["kind"]) == (language, "goal_short"):
            official[row["labels"][0]] = row["text"].strip()
    for goal in GOALS:
        entry = taxonomy.labels[goal]
        if language not in (*entry.rendered, *entry.corrected) and goal in official:
            assert entry.name(language).casefold() == official[goal].casefold()


# Concepts


def test_there_are_at_least_2500_concepts_and_60_for_each_leaf(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.concepts) >= 2500
    assert list(taxonomy.concepts) == list(taxonomy.concept_ids)
    counts = Counter(label for labels in taxonomy.concept_labels for label in labels)
    assert {leaf: counts[leaf] for leaf in taxonomy.leaves() if counts[leaf] < 60} == {}


def test_every_leaf_has_concepts_that_decide(taxonomy: Taxonomy) -> None:
    decided = {
        label
        for labels in taxonomy.concept_labels
        for label, strength in labels.items()
        if strength == "decisive"
    }
    assert set(taxonomy.leaves()) <= decided


def test_no_concept_points_to_the_broader_label_and_each_to_some(taxonomy: Taxonomy) -> None:
    for concept in taxonomy.concepts.values():
        assert concept.labels
        assert set(concept.labels) <= set(taxonomy.leaves())


def test_every_concept_has_terms_in_six_languages_each_once(taxonomy: Taxonomy) -> None:
    for concept in taxonomy.concepts.values():
        assert set(concept.terms) == set(LANGUAGES)
        for terms in concept.terms.values():
            assert terms
            assert all(term.strip() == term for term in terms)
            assert len(set(terms)) == len(terms)


def test_ids_of_concepts_are_plain(taxonomy: Taxonomy) -> None:
    odd = [name for name in taxonomy.concepts if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)]
    assert odd == []


# Loading


def test_loading_again_takes_a_fraction_of_a_second(taxonomy: Taxonomy) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        again = Taxonomy.load()
        times.append(time.perf_counter() - began)
        assert again.fingerprint == taxonomy.fingerprint
    assert min(times) < 0.25


def test_a_change_is_seen_without_any_command(write_taxonomy: Callable[[str], Path]) -> None:
    folder = write_taxonomy("- id: one\n  labels: {C2: strong}\n  terms: {en: [one]}\n")
    before = Taxonomy.load(folder)
    path = folder / "concepts" / "all.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("one", "two"), encoding="utf-8")
    after = Taxonomy.load(folder)
    assert (list(before.concepts), list(after.concepts)) == (["one"], ["two"])
    assert before.fingerprint != after.fingerprint


def test_a_damaged_compiled_form_is_compiled_anew(write_taxonomy: Callable[[str], Path]) -> None:
    folder = write_taxonomy("- id: one\n  labels: {C2: strong}\n  terms: {en: [one]}\n")
    (folder / "compiled.msgpack").write_bytes(b"\x95\x01damaged")
    assert list(Taxonomy.load(folder).concepts) == ["one"]


@pytest.mark.parametrize("value", ["", "relative", "/dev/null/nowhere"])
def test_a_cache_that_cannot_be_written_to_is_no_error(
    value: str,
    write_taxonomy: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", "/dev/null/nowhere")
    monkeypatch.chdir(tmp_path)
    folder = write_taxonomy("- id: one\n  labels: {C2: strong}\n  terms: {en: [one]}\n")
    assert list(Taxonomy.load(folder).concepts) == ["one"]


# Mistakes

GOOD = """\
- id: broadband
  labels: {C2: decisive, SDG9: strong}
  terms:
    ar: [نطاق عريض]
    en: [broadband]
    es: [banda ancha]
    fr: [haut débit]
    ru: [широкополосный доступ]
    zh: [宽带]

- id: library
  labels: {C3: weak}
  terms:
    ar: [مكتبة]
    en: [library]
    es: [biblioteca]
    fr: [bibliothèque]
    ru: [библиотека]
    zh: [图书馆]
  except:
    en: [software library]
"""

PLANTED = {
    "an id that stands twice": ("- id: library", "- id: broadband", 11, "broadband stands twice"),
    "a label that is not there": ("{C3: weak}", "{C12: weak}", 11, "C12"),
    "a language left out": ("    fr: [bibliothèque]\n", "", 11, "no term in fr"),
    "a language without terms": ("[bibliothèque]", "[]", 11, "no term in fr"),
    "a language that nothing supports": (
        "    zh: [图书馆]",
        "    zh: [图书馆]\n    xx: [y]",
        11,
        "xx",
    ),
    "a term that two concepts claim": ("[library]", "[Broad-Band, broadband]", 11, "'broadband'"),
    "an inflected term of another": (
        "[библиотека]",
        "[широкополосного доступа]",
        11,
        "широкополосного",
    ),
    "a traditional term of another": ("[图书馆]", "[寬帶]", 11, "寬帶"),
    "a marked term of another": ("[مكتبة]", "[نِطاق عريض]", 11, "broadband"),
    "a term without a word": ("[library]", "[library, '!?']", 11, "never match"),
    "a term of marks": ("[مكتبة]", "[مكتبة, 'ـَ']", 11, "never match"),
    "a term that is nothing but a gap": ("[library]", "[library, …]", 11, "never match"),
    "a term with two gaps": ("[library]", "[library, a … b … c]", 11, "never match"),
    "a term cut by its own full stop": ("[library]", "[library, 'one. two']", 11, "never match"),
    "a term cut by its own comma": ("[library]", "[library, 'books, films']", 11, "never match"),
    "an Arabic word as it is written": ("[مكتبة]", "[مكتبة, =مكتب]", 11, "as they are written"),
    "a Chinese word as it is written": ("[图书馆]", "[图书馆, =图书]", 11, "as they are written"),
    "a term of one character": ("[图书馆]", "[书]", 11, "everywhere"),
    "a term that is its own exception": (
        "[library]",
        "[library, Software libraries]",
        11,
        "exception",
    ),
    "a strength that is not there": ("{C3: weak}", "{C3: sure}", 12, "sure"),
    "a field that is not there": ("  except:", "  exept:", 11, "exept"),
    "a term that is no text": ("[biblioteca]", "[[biblioteca]]", 14, "str"),
    "a list that is no list": ("[biblioteca]", "biblioteca", 14, "array"),
    "broken YAML": ("[biblioteca]", "[biblioteca", 17, "YAML"),
    "an entry without an id": ("- id: library\n ", "-", 11, "id"),
}


def test_a_folder_without_mistakes_has_none(write_taxonomy: Callable[[str], Path]) -> None:
    assert check_taxonomy(write_taxonomy(GOOD)) == []


def test_a_list_may_be_indented_and_commented(write_taxonomy: Callable[[str], Path]) -> None:
    indented = "# Concepts\n" + "".join(f"  {line}\n" for line in GOOD.splitlines())
    assert check_taxonomy(write_taxonomy(indented)) == []
    wrong = write_taxonomy(indented.replace("{C3: weak}", "{C12: weak}"))
    assert [problem.where.rpartition(":")[2] for problem in check_taxonomy(wrong)] == ["12"]


@pytest.mark.parametrize(("right", "wrong", "line", "said"), PLANTED.values(), ids=PLANTED)
def test_a_planted_mistake_is_found_with_file_and_line(
    right: str, wrong: str, line: int, said: str, write_taxonomy: Callable[[str], Path]
) -> None:
    assert GOOD.count(right) == 1
    folder = write_taxonomy(GOOD.replace(right, wrong))
    place = f"{folder / 'concepts' / 'all.yaml'}:{line}"
    problems = check_taxonomy(folder)
    found = [problem for problem in problems if said in problem.what and problem.where == place]
    assert found, [str(problem) for problem in problems]
    assert found[0].hint


def test_all_mistakes_are_found_at_once(write_taxonomy: Callable[[str], Path]) -> None:
    wrong = GOOD.replace("{C3: weak}", "{C12: weak}").replace("    fr: [bibliothèque]\n", "")
    problems = check_taxonomy(write_taxonomy(wrong + "\n" + GOOD[: GOOD.index("\n\n")] + "\n"))
    said = "\n".join(problem.what for problem in problems)
    for part in ("C12", "no term in fr", "broadband stands twice"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        pytest.param("matrix.yaml", "SDG17]", "SDG18]", "SDG18", id="goal of the matrix"),
        pytest.param("schemes.yaml", "broader: C7", "broader: C77", "C77", id="broader label"),
        pytest.param("schemes.yaml", "scheme: wsis", "scheme: wssi", "wssi", id="scheme"),
        pytest.param("schemes.yaml", '"#1F4E9E"', '"red}*{color:red"', "#[0-9A-F", id="colour"),
        pytest.param("schemes.yaml", "id: SDG17", "id: SDG16", "SDG16 stands twice", id="twice"),
    ],
)
def test_mistakes_in_the_other_files_are_found(
    name: str, right: str, wrong: str, said: str, write_taxonomy: Callable[[str], Path]
) -> None:
    folder = write_taxonomy(GOOD)
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    problems = check_taxonomy(folder)
    assert [problem for problem in problems if said in problem.what and name in problem.where]


@pytest.mark.parametrize(
    "name",
    ["schemes.yaml", "matrix.yaml", "declared.yaml", "boilerplate.yaml", "languages.yaml"],
)
@pytest.mark.parametrize("damage", ["missing", "not UTF-8", "broken YAML", "another shape"])
def test_a_damaged_file_is_named(
    name: str, damage: str, write_taxonomy: Callable[[str], Path]
) -> None:
    folder = write_taxonomy(GOOD)
    path = folder / name
    if damage == "missing":
        path.unlink()
    else:
        content = {
            "not UTF-8": b"\xff\xfe\xfd",
            "broken YAML": b"a: [b\n",
            "another shape": b"- a\n",
        }
        path.write_bytes(content[damage])
    (problem,) = check_taxonomy(folder)
    assert problem.where.startswith(str(path))
    assert problem.hint
    with pytest.raises(TaxonomyError) as raised:
        Taxonomy.load(folder)
    assert raised.value.where.startswith(str(path))
    assert raised.value.hint


@pytest.mark.parametrize("damage", ["missing", "not UTF-8", "other columns", "cells left out"])
def test_a_damaged_vocabulary_is_named(damage: str, write_taxonomy: Callable[[str], Path]) -> None:
    folder = write_taxonomy(GOOD)
    path = folder / "vocabulary.tsv"
    header = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        content = {
            "not UTF-8": header + b"\n\xff",
            "other columns": b"word\tar",
            "cells left out": header + b"\nw1\tone",
        }
        path.write_bytes(content[damage])
    (problem,) = check_taxonomy(folder)
    assert problem.where.startswith(str(path))
    with pytest.raises(TaxonomyError):
        Taxonomy.load(folder)


@pytest.mark.parametrize("case", ["a label that is not there", "an id that stands twice"])
def test_a_taxonomy_that_says_something_impossible_is_not_loaded(
    case: str, write_taxonomy: Callable[[str], Path]
) -> None:
    right, wrong, line, said = PLANTED[case]
    folder = write_taxonomy(GOOD.replace(right, wrong))
    with pytest.raises(TaxonomyError, match="Try:") as raised:
        Taxonomy.load(folder)
    assert raised.value.where == f"{folder / 'concepts' / 'all.yaml'}:{line}"
    assert said.split()[0] in raised.value.what


def test_a_folder_without_any_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=str(tmp_path)):
        Taxonomy.load(tmp_path)
    assert check_taxonomy(tmp_path) != []


# The seeds


@pytest.mark.shared
def test_the_five_documents_are_copied_unchanged(seeds: Path, shared: Path) -> None:
    names = sorted(path.name for path in (shared / "seeds").iterdir())
    assert sorted(path.name for path in seeds.iterdir()) == names
    for name in names:
        assert (seeds / name).read_bytes() == (shared / "seeds" / name).read_bytes()
