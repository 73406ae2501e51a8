"""Labels for other annotation tools: their documented shapes, their way of counting."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from commands import run
from generated import documents, mixed_text
from hypothesis import example, given, settings, strategies as st
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, Namespace

from annotator import AnnotatedDocument, Annotator, Document, Taxonomy
from annotator.export import FORMATS
from annotator.export.offsets import Utf16Offsets
from annotator.export.spans import evidence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).parent / "data"
OA = Namespace("http://www.w3.org/ns/oa#")

WIDE = (
    "😀 The clinic offers telemedicine 𠀀 to remote villages. 👩‍🏫 SDG 9\r\n\r\n"
    "𠮷😀 Gender equality and the education of girls 😀 in schools"
)
"""A text with characters that count twice in UTF-16, before and in evidence."""

any_text = st.one_of(documents, mixed_text)


def exported(name: str, annotated: Sequence[AnnotatedDocument]) -> bytes:
    stream = BytesIO()
    assert FORMATS[name].write(annotated, [stream], {"version": "1"}) == len(annotated)
    return stream.getvalue()


def annotate(annotator: Annotator, text: str) -> AnnotatedDocument:
    return annotator.annotate(Document(id="نص 1/ä", source="a.txt", text=text))


# Offsets


@given(text=st.text(), data=st.data())
def test_utf_16_offsets_are_those_of_the_encoded_text(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert Utf16Offsets(text).of(offset) == len(text[:offset].encode("utf-16-le")) // 2


# Label Studio


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    """Return the labelling configuration, as the command writes it."""
    path = tmp_path_factory.mktemp("config") / "config.xml"
    assert run("export", "--format", "labelstudio-config", "-o", path).status == 0
    return ET.parse(path).getroot()  # noqa: S314 - written by this project a moment ago


def test_the_configuration_has_every_label_in_its_colour(
    config: ET.Element, taxonomy: Taxonomy
) -> None:
    assert config.tag == "View"
    text = config.find("Text")
    assert text is not None
    assert text.attrib == {"name": "text", "value": "$text"}
    for tag, child in (("Choices", "Choice"), ("Labels", "Label")):
        control = config.find(tag)
        assert control is not None
        assert control.get("toName") == "text"
        assert [entry.get("value") for entry in control.findall(child)] == list(taxonomy.labels)
    assert {entry.get("value"): entry.get("background") for entry in config.iter("Label")} == {
        label.id: label.color for label in taxonomy.labels.values()
    }


@given(text=any_text)
@settings(max_examples=30)
@example(text=WIDE)
def test_tasks_are_those_that_label_studio_imports(
    annotator: Annotator, config: ET.Element, text: str
) -> None:
    annotated = annotate(annotator, text)
    (task,) = json.loads(exported("labelstudio", [annotated]))
    assert task["data"]["text"] == text
    (prediction,) = task["predictions"]
    controls = {control.get("name"): control for control in config if control.get("toName")}
    ids = [result["id"] for result in prediction["result"]]
    assert len(ids) == len(set(ids))
    spans = []
    for result in prediction["result"]:
        control = controls[result["from_name"]]
        assert control.tag.lower() == result["type"]
        assert result["to_name"] == control.get("toName")
        known = {child.get("value") for child in control}
        assert set(result["value"][result["type"]]) <= known
        if result["type"] == "labels":
            value = result["value"]
            # Label Studio counts code points, as Python does.
            assert text[value["start"] : value["end"]] == value["text"] != ""
            spans.append((value["labels"][0], value["start"], value["end"]))
    assert spans == [span[:3] for span in evidence_of(annotated)]
    choices = [r["value"]["choices"] for r in prediction["result"] if r["type"] == "choices"]
    assert sum(choices, []) == [label.label for label in annotated.assigned]  # noqa: RUF017


# doccano


@given(text=any_text)
@settings(max_examples=30)
@example(text=WIDE)
def test_lines_are_those_that_doccano_imports(annotator: Annotator, text: str) -> None:
    annotated = annotate(annotator, text)
    data = exported("doccano", [annotated, annotated])
    assert data.count(b"\n") == 2
    line = json.loads(data.splitlines()[0])
    assert line["text"] == text
    units = text.encode("utf-16-le")
    found = []
    for start, end, label in line["label"]:
        # doccano counts UTF-16 code units.
        found.append((label, units[2 * start : 2 * end].decode("utf-16-le")))
    assert found == [(label, text[start:end]) for label, start, end, _ in evidence_of(annotated)]


def test_characters_beyond_the_first_plane_move_doccanos_offsets_only(annotator: Annotator) -> None:
    annotated = annotate(annotator, WIDE)
    (task,) = json.loads(exported("labelstudio", [annotated]))
    line = json.loads(exported("doccano", [annotated]))
    value = next(
        result["value"]
        for result in task["predictions"][0]["result"]
        if result["value"].get("text") == "telemedicine"
    )
    assert (value["start"], value["end"]) == (20, 32)
    assert [21, 33, value["labels"][0]] in line["label"]


# W3C Web Annotation


@pytest.fixture(scope="session")
def recommendation() -> Any:  # noqa: ANN401 - jsonschema ships no types
    schema = json.loads((DATA / "web-annotation.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@given(text=any_text)
@settings(max_examples=30)
@example(text=WIDE)
def test_annotations_keep_to_the_model_and_select_their_words(
    annotator: Annotator,
    recommendation: Any,  # noqa: ANN401 - jsonschema ships no types
    text: str,
) -> None:
    annotated = annotate(annotator, text)
    collection = json.loads(exported("webanno", [annotated]))
    recommendation.validate(collection)
    items = collection["first"]["items"]
    assert collection["total"] == len(items)
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        target = item["target"]
        for one in target if isinstance(target, list) else [target]:
            if isinstance(one, str):
                continue
            position, quoted = one["selector"]
            start, end = position["start"], position["end"]
            assert text[start:end] == quoted["exact"]
            before, after = text[:start], text[end:]
            assert before.endswith(quoted["prefix"])
            assert after.startswith(quoted["suffix"])
            assert len(quoted["prefix"]) == min(32, len(before))
            assert len(quoted["suffix"]) == min(32, len(after))


# rdflib's own reader of JSON-LD uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_rdflib_reads_the_annotations_as_linked_data(
    annotated_seeds: dict[str, AnnotatedDocument], taxonomy: Taxonomy
) -> None:
    annotated = annotated_seeds["003"]
    collection = json.loads(exported("webanno", [annotated]))
    remote, own = collection["@context"]
    assert remote == "http://www.w3.org/ns/anno.jsonld"
    # The context is given, so that nothing is fetched.
    local = json.loads((DATA / "anno-context.jsonld").read_text(encoding="utf-8"))["@context"]
    collection["@context"] = [local, own]
    graph = Graph().parse(data=json.dumps(collection), format="json-ld")
    annotations = set(graph.subjects(RDF.type, OA.Annotation))
    assert len(annotations) == collection["total"] > 0
    sources = {str(source) for source in graph.objects(None, OA.hasSource)}
    labels = {f"urn:wsis-sdg-annotator:label:{label}" for label in taxonomy.labels}
    assert sources & labels
    spans = {
        (int(str(graph.value(node, OA.start))), int(str(graph.value(node, OA.end))))
        for node in graph.subjects(RDF.type, OA.TextPositionSelector)
    }
    assert spans == {(start, end) for _, start, end, _ in evidence_of(annotated)}
    words = {str(exact) for exact in graph.objects(None, OA.exact)}
    assert words == {annotated.document.text[start:end] for start, end in spans}
    assert all((node, OA.motivatedBy, OA.classifying) in graph for node in annotations)
    score = URIRef("urn:wsis-sdg-annotator:vocabulary:score")
    assert all(graph.value(node, score) is not None for node in annotations)


def test_a_name_of_a_document_becomes_part_of_an_iri(annotator: Annotator) -> None:
    collection = json.loads(exported("webanno", [annotate(annotator, "SDG 4")]))
    (target, *_) = [item["target"] for item in collection["first"]["items"]]
    assert target == "urn:wsis-sdg-annotator:document:%D9%86%D8%B5%201%2F%C3%A4"
