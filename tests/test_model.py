"""The data that flow through the annotator are dataclasses: frozen, slotted, to be copied with changes."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass, replace
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES, SENTENCES

from annotator import model
from annotator.model import Decision, Document, Place, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator import AnnotatedDocument, Annotator

CLASSES = [getattr(model, name) for name in model.__all__ if isinstance(getattr(model, name), type)]


def annotate(annotator: Annotator, language: str) -> AnnotatedDocument:
    """Annotate some paragraphs of a language, as if they stood on a page."""
    text = "\n\n".join(SENTENCES[language])
    return annotator.annotate(Document("1", "x", text, places=(Place(0, "page 1"),)))


def parts(thing: object) -> Iterator[object]:
    """Yield an object and all that it is made of."""
    if isinstance(thing, tuple):
        for one in thing:
            yield from parts(one)
    elif is_dataclass(thing):
        yield thing
        for field in fields(thing):
            yield from parts(getattr(thing, field.name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_an_annotation_is_made_of_is_frozen_and_slotted(
    annotator: Annotator, language: str
) -> None:
    met = set()
    for part in parts(annotate(annotator, language)):
        met.add(type(part))
        name = fields(part)[0].name  # type: ignore[arg-type]
        with pytest.raises(FrozenInstanceError):
            setattr(part, name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(part, name)
        assert not hasattr(part, "__dict__")
    assert met == {*CLASSES} - {Suggestion, Decision}  # one stays inside, one comes from people


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_annotation_is_copied_and_compared_by_value(annotator: Annotator, language: str) -> None:
    annotated = annotate(annotator, language)
    assert deepcopy(annotated) == annotated
    assert pickle.loads(pickle.dumps(annotated)) == annotated  # noqa: S301 - pickled here
    changed = replace(annotated, document=replace(annotated.document, text="别的"))
    assert changed != annotated
    assert (changed.document.text, changed.labels) == ("别的", annotated.labels)
    with pytest.raises(TypeError):
        replace(annotated, unknown=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_annotation_becomes_plain_dictionaries(annotator: Annotator, language: str) -> None:
    annotated = annotate(annotator, language)
    plain = asdict(annotated)
    assert plain["document"]["text"] == annotated.document.text
    assert plain["document"]["places"] == ({"start": 0, "locator": "page 1"},)
    assert [label["label"] for label in plain["paragraphs"][0]["labels"]] == [
        label.label for label in annotated.paragraphs[0].labels
    ]
    for part in parts(annotated):
        assert asdict(part).keys() == {field.name for field in fields(part)}  # type: ignore[call-overload, arg-type]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_of_the_model_is_a_dataclass(kind: type) -> None:
    assert is_dataclass(kind)
    assert [field.name for field in fields(kind)] == list(kind.__annotations__)
