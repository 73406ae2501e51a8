"""Schemes from outside: SKOS read, a third scheme at work, the shipped taxonomy written as SKOS."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import numpy as np
import pytest
import yaml
from commands import run
from generated import LANGUAGES, SENTENCES, documents
from hypothesis import given, strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS

from annotator import Annotator, Document, Taxonomy
from annotator.card import HeldOut, write_card
from annotator.datasets import Example
from annotator.errors import InputError, ModelError, TaxonomyError, UsageError
from annotator.export import read_schema, to_dict
from annotator.resources import taxonomy_folder
from annotator.skos import Imported, ImportOptions, import_taxonomy, write_turtle
from annotator.taxonomy_check import check_taxonomy
from annotator.taxonomy_source import DataSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

RIGHTS = Path(__file__).parent / "data" / "digital-rights.ttl"
SHIPPED = taxonomy_folder()

SPOKEN = {
    "ar": ("تضمن المادة الجديدة حماية البيانات الشخصية للمرضى في المستشفيات", "DR1"),
    "en": ("Every citizen has the right to be forgotten by search engines", "DR3"),
    "es": ("La ley reconoce la libertad de expresión de los periodistas", "DR2"),
    "fr": ("La loi protège la vie privée des patients dans les hôpitaux", "DR1"),
    "ru": ("Каждый гражданин имеет право на забвение в сети", "DR3"),
    "zh": ("宪法保障公民的言论自由，任何人不得侵犯", "DR2"),
}
"""Sentences that say one right each, in words that the file has, inflected."""

PREFIXES = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/> .
"""


def bring(
    path: Path,
    output: Path,
    *,
    base: Path = SHIPPED,
    into: bool = False,
    options: ImportOptions | None = None,
) -> Imported:
    return import_taxonomy(path, output, base, options or ImportOptions(), into=into)


def write_skos(folder: Path, text: str, name: str = "file.ttl") -> Path:
    path = folder / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Annotator:
    """Return an annotator of the third scheme only."""
    folder = tmp_path_factory.mktemp("alone") / "rights"
    bring(RIGHTS, folder)
    return Annotator(Taxonomy.load(folder))


@pytest.fixture(scope="session")
def added_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped taxonomy with the third scheme added."""
    folder = tmp_path_factory.mktemp("added") / "three"
    bring(RIGHTS, folder, into=True)
    return folder


@pytest.fixture(scope="session")
def added(added_folder: Path) -> Annotator:
    """Return an annotator of all three schemes."""
    return Annotator(Taxonomy.load(added_folder))


@pytest.fixture(scope="session")
def small_folder(write_taxonomy: Callable[[str], Path]) -> Path:
    """Return the shipped labels with a few concepts, which is quick to compile."""
    return write_taxonomy((Path(__file__).parent / "data" / "lexicon.yaml").read_text("utf-8"))


# A third scheme, without code


def test_what_is_imported_passes_the_check(added_folder: Path, tmp_path: Path) -> None:
    bring(RIGHTS, tmp_path / "rights")
    assert check_taxonomy(tmp_path / "rights") == []
    assert check_taxonomy(added_folder) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["alone", "added"])
def test_a_text_in_each_language_gets_the_third_schemes_labels(
    language: str, which: str, request: pytest.FixtureRequest
) -> None:
    text, label = SPOKEN[language]
    annotated = request.getfixturevalue(which).annotate(text)
    rights = [found.label for found in annotated.assigned if found.scheme == "rights"]
    assert rights == [label]
    (paragraph,) = annotated.paragraphs
    (assignment,) = [found for found in paragraph.assigned if found.scheme == "rights"]
    assert assignment.origins == ("keyword",)
    assert all(text[span.start : span.end] == span.text for span in assignment.evidence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_about_something_else_gets_none(language: str, alone: Annotator) -> None:
    assert alone.annotate("\n".join(SENTENCES[language])).assigned == ()


@given(text=st.one_of(documents, st.sampled_from([text for text, _ in SPOKEN.values()])))
def test_a_third_scheme_changes_nothing_for_the_others(
    annotator: Annotator, added: Annotator, text: str
) -> None:
    before, after = to_dict(annotator.annotate(text)), to_dict(added.annotate(text))
    for record in (before, after):
        for part in (record, *record["paragraphs"]):
            part["labels"] = [label for label in part["labels"] if label["scheme"] != "rights"]
            part.pop("abstained", None)
    assert after == before


def test_a_third_scheme_changes_nothing_in_real_documents(added: Annotator, seeds: Path) -> None:
    annotator = Annotator()
    for path in sorted(seeds.glob("*.txt")):
        document = Document(id="1", source="1", text=path.read_text(encoding="utf-8"))
        before, after = annotator.annotate(document), added.annotate(document)
        assert [label for label in after.labels if label.scheme != "rights"] == list(before.labels)


def test_records_of_three_schemes_keep_to_the_schema(added: Annotator) -> None:
    record = json.loads(json.dumps(to_dict(added.annotate(SPOKEN["zh"][0]))))
    jsonschema.Draft202012Validator(read_schema()).validate(record)
    assert {label["scheme"] for label in record["labels"]} == {"wsis", "sdg", "rights"}


def test_the_report_shows_the_third_scheme_and_the_matrix_of_the_others(
    added_folder: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text(
        "Telemedicine reaches the villages (WSIS action line C7 e-Health, SDG 3).\n\n"
        + SPOKEN["en"][0],
        encoding="utf-8",
    )
    finished = run("report", text, "--taxonomy", added_folder, "--width", "80")
    assert finished.status == 0, finished.stderr
    assert "Digital rights" in finished.stdout
    assert "DR3" in finished.stdout
    matrix = finished.stdout.split("Lines and goals that stand together")[1].split("Declared")[0]
    assert "C7.e-health" in matrix
    assert "DR" not in matrix
    assert max(map(len, finished.stdout.splitlines())) <= 80
    only = run("report", text, "--taxonomy", added_folder, "--scheme", "rights", "--names", "ar")
    assert "الحق في النسيان" in only.stdout
    assert "Lines and goals" not in only.stdout


def test_the_report_of_a_taxonomy_of_its_own_has_no_matrix(tmp_path: Path) -> None:
    folder = tmp_path / "rights"
    finished = run("taxonomy", "import", RIGHTS, "-o", folder)
    assert finished.status == 0, finished.stderr
    assert "4 labels and 4 concepts" in finished.stdout
    text = tmp_path / "text.txt"
    text.write_text(SPOKEN["ru"][0], encoding="utf-8")
    report = run("report", text, "--taxonomy", folder)
    assert "DR3" in report.stdout
    assert "Lines and goals" not in report.stdout
    assert run("taxonomy", "check", "--taxonomy", folder).status == 0
    assert "DR3.1" in run("taxonomy", "list", "--taxonomy", folder).stdout


def test_how_texts_name_a_third_scheme_is_data_too(tmp_path: Path, small_folder: Path) -> None:
    folder = tmp_path / "rights"
    bring(RIGHTS, folder, base=small_folder)
    path = folder / "declared.yaml"
    declared = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    declared["schemes"]["rights"] = {
        "label": "DR{number}",
        "highest": "3",
        "targets": "no",
        "strong": {"en": ["digital right", "digital rights"], "zh": ["数字权利"]},
        "context": {"en": ["digital rights"]},
    }
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    annotator = Annotator(Taxonomy.load(folder))
    assigned = annotator.annotate("We serve Digital Rights 1 and 3.").assigned
    assert [(found.label, found.origins) for found in assigned] == [
        ("DR1", ("declared",)),
        ("DR3", ("declared",)),
    ]
    assert [found.label for found in annotator.annotate("数字权利2").assigned] == ["DR2"]


def test_a_model_is_not_used_for_labels_that_only_happen_to_be_called_alike(
    tmp_path: Path, small_folder: Path
) -> None:
    path = write_skos(
        tmp_path,
        'ex:A a skos:Concept ; skos:notation "C5" ; skos:prefLabel "open licences"@en .',
    )
    bring(path, tmp_path / "out", base=small_folder)
    annotator = Annotator(Taxonomy.load(tmp_path / "out"))
    assert list(annotator.taxonomy.labels) == ["file.C5"]
    assert annotator.annotate("Hackers attacked the bank; cybersecurity failed.").assigned == ()
    assert [x.label for x in annotator.annotate("We ask for open licences.").assigned] == [
        "file.C5"
    ]


def test_a_model_is_refused_where_some_of_its_labels_are_gone(small_folder: Path) -> None:
    folder = small_folder.with_name(small_folder.name + "-without")
    shutil.copytree(small_folder, folder)
    for name in ("schemes.yaml", "matrix.yaml"):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace("SDG17", "SDG18"), encoding="utf-8")
    concepts = folder / "concepts" / "all.yaml"
    concepts.write_text(concepts.read_text("utf-8").replace("SDG17", "SDG16"), encoding="utf-8")
    with pytest.raises(ModelError, match="SDG17"):
        Annotator(Taxonomy.load(folder))


def test_a_model_card_leaves_out_a_scheme_that_no_example_names(added: Annotator) -> None:
    taxonomy = added.taxonomy
    labels = [label for label in taxonomy.leaves() if taxonomy.scheme_of(label) != "rights"]
    rows = [
        Example(f"en-{label}-{n}", "examples", label, "en", frozenset([label]), {}, {})
        for label in labels
        for n in range(20)
    ]
    given = np.repeat(np.eye(len(labels), dtype=bool), 20, axis=0)
    held_out = HeldOut(rows, labels, given * 0.9, given)
    sets = {"examples": DataSet("fit", tuple(taxonomy.schemes), "yes", "1", "no")}
    card = write_card(held_out, {}, sets, taxonomy, {})
    assert "| `examples`, sdg | 1.000 |" in card
    assert "rights" not in card


# What other people's files hold


def test_a_scheme_in_two_languages_says_so_and_labels_only_these(
    tmp_path: Path, small_folder: Path
) -> None:
    path = write_skos(
        tmp_path,
        """
        ex:S a skos:ConceptScheme .
        ex:A a skos:Concept ; skos:inScheme ex:S ;
            skos:prefLabel "digital inclusion"@en, "inclusion numérique"@fr-CA, "Inklusion"@de .
        ex:B a skos:Concept ; skos:inScheme ex:S ;
            skos:prefLabel "open licences"@en, "licences ouvertes"@fr, "открытые лицензии"@ru .
        """,
    )
    imported = bring(path, tmp_path / "out", base=small_folder)
    assert imported.schemes == {"s": ("en", "fr")}
    assert check_taxonomy(tmp_path / "out") == []
    annotator = Annotator(Taxonomy.load(tmp_path / "out"))
    assert [a.label for a in annotator.annotate("Le plan vise l'inclusion numérique").assigned] == [
        "A"
    ]


def test_names_without_a_language_need_one(tmp_path: Path, small_folder: Path) -> None:
    path = write_skos(tmp_path, 'ex:A a skos:Concept ; skos:prefLabel "digital inclusion" .')
    with pytest.raises(TaxonomyError, match="--untagged"):
        bring(path, tmp_path / "out", base=small_folder)
    bring(path, tmp_path / "out", base=small_folder, options=ImportOptions(untagged="en"))
    assert Taxonomy.load(tmp_path / "out").labels["A"].name("en") == "digital inclusion"


def test_narrower_concepts_point_to_the_label_above(tmp_path: Path, small_folder: Path) -> None:
    path = write_skos(
        tmp_path,
        """
        ex:A a skos:Concept ; skos:prefLabel "digital inclusion"@en ; skos:narrower ex:B .
        ex:B a skos:Concept ; skos:prefLabel "assistive technology"@en .
        ex:C a skos:Concept ; skos:prefLabel "screen readers"@en ; skos:broader ex:B .
        """,
    )
    bring(path, tmp_path / "out", base=small_folder, options=ImportOptions(depth=1))
    taxonomy = Taxonomy.load(tmp_path / "out")
    assert list(taxonomy.labels) == ["A"]
    assert [dict(labels) for labels in taxonomy.concept_labels] == [
        {"A": "decisive"},
        {"A": "strong"},
        {"A": "strong"},
    ]
    assert check_taxonomy(tmp_path / "out") == []


def test_a_circle_of_broader_concepts_ends(tmp_path: Path, small_folder: Path) -> None:
    path = write_skos(
        tmp_path,
        """
        ex:A a skos:Concept ; skos:prefLabel "digital inclusion"@en ; skos:broader ex:B .
        ex:B a skos:Concept ; skos:prefLabel "assistive technology"@en ; skos:broader ex:A .
        ex:C a skos:Concept ; skos:prefLabel "open licences"@en ; skos:broader ex:C .
        """,
    )
    bring(path, tmp_path / "out", base=small_folder)
    assert sorted(Taxonomy.load(tmp_path / "out").labels) == ["A", "B", "C"]
    assert check_taxonomy(tmp_path / "out") == []


def test_ids_that_are_taken_or_odd_are_changed_and_terms_that_two_have_stay_with_one(
    tmp_path: Path, small_folder: Path
) -> None:
    path = write_skos(
        tmp_path,
        """
        ex:S a skos:ConceptScheme ; skos:prefLabel "Own"@en .
        ex:A a skos:Concept ; skos:inScheme ex:S ; skos:notation "C5" ;
            skos:prefLabel "digital inclusion"@en .
        ex:B a skos:Concept ; skos:inScheme ex:S ; skos:notation "B 2/\\u001b[31m" ;
            skos:prefLabel "assistive technology"@en ; skos:altLabel "Digital Inclusion!"@en,
            "tools, various"@en .
        """,
    )
    imported = bring(path, tmp_path / "out", base=small_folder, into=True)
    labels = Taxonomy.load(tmp_path / "out").labels.values()
    assert [label.id for label in labels if label.scheme == "s"] == ["B-2-31m", "s.C5"]
    assert check_taxonomy(tmp_path / "out") == []
    assert any("tools, various" in line for line in imported.left_out)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.ttl", b"this is no turtle {", id="no Turtle"),
        pytest.param("a.ttl", b"\xff\xfe\x00", id="no text"),
        pytest.param("a.rdf", b"<rdf", id="broken XML"),
        pytest.param("a.ttl", b"", id="nothing in it"),
        pytest.param(
            "a.rdf",
            b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(
                f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
            )
            + b"]><r>&j;</r>",
            id="entities without end",
        ),
    ],
)
def test_a_file_that_is_no_skos_is_named(
    name: str, content: bytes, tmp_path: Path, small_folder: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        bring(path, tmp_path / "out", base=small_folder)
    assert raised.value.where == str(path)
    assert not (tmp_path / "out").exists()


def test_nothing_is_fetched_and_no_local_file_is_read(tmp_path: Path, small_folder: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("digital inclusion", encoding="utf-8")
    path = tmp_path / "a.rdf"
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:skos="http://www.w3.org/2004/02/skos/core#">'
        '<skos:Concept rdf:about="https://example.org/A">'
        '<skos:prefLabel xml:lang="en">open data &x;</skos:prefLabel></skos:Concept></rdf:RDF>',
        encoding="utf-8",
    )
    bring(path, tmp_path / "out", base=small_folder)
    assert "inclusion" not in Taxonomy.load(tmp_path / "out").labels["A"].name("en")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(UsageError, match="already"):
        bring(RIGHTS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_scheme_that_is_there_already_is_refused(small_folder: Path, tmp_path: Path) -> None:
    bring(RIGHTS, tmp_path / "once", base=small_folder, into=True)
    again = ("taxonomy", "import", RIGHTS, "-o", tmp_path / "twice", "--into")
    finished = run(*again, "--taxonomy", tmp_path / "once")
    assert finished.status == 3
    assert "--scheme" in finished.stderr
    finished = run(*again, "--taxonomy", tmp_path / "once", "--scheme", "more")
    assert finished.status == 0, finished.stderr
    labels = Taxonomy.load(tmp_path / "twice").labels
    assert [label for label in labels if labels[label].scheme == "more"] == [
        *("more.DR1", "more.DR2", "more.DR3", "more.DR3.1"),
    ]


# The taxonomy as SKOS


@pytest.fixture(scope="session")
def graph(taxonomy: Taxonomy) -> Graph:
    """Return the shipped taxonomy as rdflib reads it back."""
    stream = BytesIO()
    write_turtle(taxonomy, stream)
    return Graph().parse(data=stream.getvalue(), format="turtle")


def tagged(graph: Graph, node: Node, predicate: URIRef) -> list[tuple[str | None, str]]:
    """Return texts with their language."""
    found = [value for value in graph.objects(node, predicate) if isinstance(value, Literal)]
    return [(value.language, str(value)) for value in found]


def test_rdflib_reads_every_scheme_label_and_name_back(graph: Graph, taxonomy: Taxonomy) -> None:
    schemes = {
        str(graph.value(s, SKOS.notation)) for s in graph.subjects(RDF.type, SKOS.ConceptScheme)
    }
    assert schemes == {"wsis", "sdg", "lexicon"}
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == len(taxonomy.labels) + len(taxonomy.concepts)
    for label in taxonomy.labels.values():
        node = URIRef(f"urn:wsis-sdg-annotator:label:{label.id}")
        assert graph.value(node, SKOS.notation) == Literal(label.id)
        assert dict(tagged(graph, node, SKOS.prefLabel)) == label.pref_label
    broader = graph.value(URIRef("urn:wsis-sdg-annotator:label:C7.e-health"), SKOS.broader)
    assert broader == URIRef("urn:wsis-sdg-annotator:label:C7")


def test_the_graph_keeps_the_integrity_conditions_of_skos(graph: Graph) -> None:
    for node in graph.subjects(RDF.type, SKOS.Concept):
        preferred = tagged(graph, node, SKOS.prefLabel)
        languages = [language for language, _ in preferred]
        assert len(languages) == len(set(languages))  # S14
        assert not set(preferred) & set(tagged(graph, node, SKOS.altLabel))  # S13
        assert (node, RDF.type, SKOS.ConceptScheme) not in graph  # S9
        related = set(graph.objects(node, SKOS.relatedMatch))
        assert not related & set(graph.transitive_objects(node, SKOS.broader))  # S27
        assert list(graph.objects(node, SKOS.inScheme))


def test_the_command_writes_the_same_bytes_each_time(tmp_path: Path) -> None:
    target = tmp_path / "taxonomy.ttl"
    assert run("taxonomy", "export", "-o", target).status == 0
    printed = run("export", "--format", "skos", PYTHONHASHSEED="7")
    assert printed.status == 0
    assert printed.output == target.read_bytes()
    refused = run("export", "--format", "skos", tmp_path)
    assert refused.status == 2
    assert run("export", "--format", "jsonl").status == 2


def test_an_exported_taxonomy_imported_is_the_same(
    small_taxonomy: Taxonomy, tmp_path: Path
) -> None:
    path = tmp_path / "small.ttl"
    with path.open("wb") as stream:
        write_turtle(small_taxonomy, stream)
    imported = bring(path, tmp_path / "out")
    again = Taxonomy.load(tmp_path / "out")
    assert imported.left_out == ()
    assert set(again.labels) == set(small_taxonomy.labels)
    for name, label in small_taxonomy.labels.items():
        other = again.labels[name]
        assert (other.pref_label, other.broader, other.color) == (
            label.pref_label,
            label.broader,
            label.color,
        )
    for name, line in small_taxonomy.matrix.items():
        assert set(again.matrix[name].goals) == set(line.goals)
        assert again.matrix[name].doubtful == line.doubtful
    for name, concept in small_taxonomy.concepts.items():
        other_concept = again.concepts[name]
        assert other_concept.labels == concept.labels
        assert {c: set(t) for c, t in other_concept.terms.items()} == {
            c: set(t) for c, t in concept.terms.items()
        }
        assert {c: set(t) for c, t in other_concept.exceptions.items()} == {
            c: set(t) for c, t in concept.exceptions.items()
        }
    assert again.declared.schemes.keys() == small_taxonomy.declared.schemes.keys()
