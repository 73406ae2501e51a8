"""The scorer is a linear model, no more: it agrees with scikit-learn, and refuses damaged files."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from generated import LANGUAGES, SENTENCES
from hypothesis import given, settings, strategies as st
from safetensors.numpy import save
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from annotator.classifier import Block, Classifier, ModelFile, scaled_values
from annotator.errors import ModelError
from annotator.features import CONCEPT, VOCABULARY, WORDS, FeatureExtractor
from annotator.fusion import FusionSettings, sigmoid
from annotator.matcher import Match, Matcher
from annotator.resources import model_folder
from annotator.spans import SpanSet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from annotator import Annotator, Taxonomy
    from annotator.features import Occurrences

KINDS = (CONCEPT, VOCABULARY, WORDS)
WEIGHTS = {CONCEPT: 0.5, VOCABULARY: 2.0, WORDS: 1.5}
LABELS = ["SDG9", "SDG4", "C5"]
TEXTS = [(text, language) for language in LANGUAGES for text in SENTENCES[language]]
TARGETS = np.array([[n % 3 == k for k in range(3)] for n in range(len(TEXTS))], dtype=int)


class Trained:
    """A model that scikit-learn fitted, and the same one loaded from its files."""

    def __init__(self, taxonomy: Taxonomy, folder: Path) -> None:
        self._matcher = Matcher(taxonomy)
        self._extractor = FeatureExtractor(taxonomy, KINDS)
        found = [self._features(*text) for text in TEXTS]
        self.names = {
            kind: sorted({name for features in found for name in features[kind]}) for kind in KINDS
        }
        self.rarity: Mapping[str, Mapping[str, list[float]]] = {
            kind: {"ru": [1.0 + 0.01 * n for n in range(len(self.names[kind]))]}
            if kind == WORDS
            else {}
            for kind in KINDS
        }
        fitted = OneVsRestClassifier(LogisticRegression(solver="liblinear", C=10.0))
        self.sklearn = fitted.fit(self.matrix(TEXTS), TARGETS)
        self._save(taxonomy, folder)
        self.ours = Classifier.load(taxonomy, folder)

    def _features(self, text: str, language: str) -> dict[str, Occurrences]:
        """Return the features of a text."""
        return self._extractor.extract(text, language, self.matches(text, language), SpanSet())

    def matches(self, text: str, language: str) -> list[Match]:
        """Return the terms in a text."""
        return self._matcher.find(text, language)

    def matrix(self, texts: Sequence[tuple[str, str]]) -> csr_matrix:
        """Return texts as rows of feature values, as scikit-learn reads them."""
        rows, columns, values = [], [], []
        for row, (text, language) in enumerate(texts):
            found = self._features(text, language)
            first = 0
            for kind in KINDS:
                position = {name: n for n, name in enumerate(self.names[kind])}
                known = {name: spans for name, spans in found[kind].items() if name in position}
                counts = [len(spans) for spans in known.values()]
                places = [position[name] for name in known]
                rarity = self.rarity[kind].get(language, [])
                values += scaled_values(kind, WEIGHTS[kind], counts, rarity, places)
                columns += [first + place for place in places]
                rows += [row] * len(places)
                first += len(position)
        return csr_matrix((values, (rows, columns)), shape=(len(texts), first))

    def _save(self, taxonomy: Taxonomy, folder: Path) -> None:
        """Write scikit-learn's weights in the classifier's own format, rounded as it rounds."""
        fitted = self.sklearn.estimators_
        weights = np.vstack([each.coef_[0] for each in fitted]).T.astype(np.float16)
        bias = np.array([each.intercept_[0] for each in fitted], dtype=np.float32)
        for column, each in enumerate(fitted):
            each.coef_ = weights[:, [column]].T.astype(np.float64)
            each.intercept_ = bias[[column]].astype(np.float64)
        data = save({"weights": np.ascontiguousarray(weights), "bias": bias})
        blocks = [
            Block(kind, WEIGHTS[kind], self.names[kind], dict(self.rarity[kind])) for kind in KINDS
        ]
        digest = hashlib.sha256(data).hexdigest()
        file = ModelFile(1, LABELS, blocks, FusionSettings(), digest, taxonomy.fingerprint, {})
        (folder / "weights.safetensors").write_bytes(data)
        (folder / "model.json").write_bytes(msgspec.json.encode(file))


@pytest.fixture(scope="module")
def trained(taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return Trained(taxonomy, tmp_path_factory.mktemp("model"))


def assert_alike(trained: Trained, text: str, language: str) -> None:
    """Compare the probabilities of both for one text."""
    theirs = trained.sklearn.predict_proba(trained.matrix([(text, language)]))[0]
    matches = trained.matches(text, language)
    scores = trained.ours.scores(text, language, matches, SpanSet())
    assert list(scores) == LABELS
    # scikit-learn divides one-vs-rest probabilities by nothing: each label stands for itself.
    assert [sigmoid(score) for score in scores.values()] == pytest.approx(theirs, abs=1e-6)
    suggested = trained.ours.suggest(text, language, matches, SpanSet(), 7)
    assert {each.label: each.weight for each in suggested} == scores


@pytest.mark.parametrize(("text", "language"), TEXTS, ids=lambda value: str(value)[:16])
def test_probabilities_are_those_of_scikit_learn(
    trained: Trained, text: str, language: str
) -> None:
    assert_alike(trained, text, language)


@settings(max_examples=150)
@given(data=st.data(), language=st.sampled_from(LANGUAGES))
def test_so_they_are_for_any_mixture_of_words(
    trained: Trained, data: st.DataObject, language: str
) -> None:
    words = st.sampled_from([word for text, _ in TEXTS for word in text.split()])
    assert_alike(trained, " ".join(data.draw(st.lists(words, max_size=40))), language)


def test_a_text_without_a_known_feature_scores_what_nothing_scores(trained: Trained) -> None:
    assert_alike(trained, "qzxjk zzkjq", "en")
    assert_alike(trained, "", "zh")


def test_the_shipped_model_separates_what_it_was_made_to(annotator: Annotator) -> None:
    scores = annotator.classifier.scores("农民通过手机获知农产品价格", "zh", [], SpanSet())
    assert scores["C7.e-agriculture"] > scores["SDG16"]


def test_evidence_lies_in_the_text_and_adds_up(trained: Trained) -> None:
    for text, language in TEXTS:
        matches = trained.matches(text, language)
        for suggestion in trained.ours.suggest(text, language, matches, SpanSet(), 100):
            for evidence in suggestion.evidence:
                assert text[evidence.start - 100 : evidence.end - 100] == evidence.text
                assert evidence.weight >= 0.15
            assert len(suggestion.evidence) <= 5


def test_muted_words_do_not_count(trained: Trained) -> None:
    text, language = TEXTS[0]
    muted = SpanSet([(0, len(text))])
    assert trained.ours.scores(text, language, [], muted) == trained.ours.scores(
        "", language, [], SpanSet()
    )


# Files that are not what they say


def damage_weights(folder: Path) -> None:
    data = bytearray((folder / "weights.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(data)


def rewrite(**changes: object) -> Callable[[Path], None]:
    """Return a function that changes fields of ``model.json``."""

    def change(folder: Path) -> None:
        file = json.loads((folder / "model.json").read_bytes())
        (folder / "model.json").write_text(json.dumps(file | changes), encoding="utf-8")

    return change


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit of the weights": (damage_weights, "weights are not those"),
    "no weights": (lambda folder: (folder / "weights.safetensors").unlink(), "cannot be read"),
    "no description": (lambda folder: (folder / "model.json").unlink(), "cannot be read"),
    "half a description": (
        lambda folder: (folder / "model.json").write_bytes(b'{"format": 1'),
        "damaged",
    ),
    "a description of something else": (
        lambda folder: (folder / "model.json").write_bytes(b'{"format": "x"}'),
        "damaged",
    ),
    "another format": (rewrite(format=99), "another format"),
    "other labels": (rewrite(labels=["SDG4", "SDG99"]), "SDG99"),
}


@pytest.mark.parametrize(("damage", "word"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_model_is_refused_with_its_place(
    damage: Callable[[Path], object], word: str, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder(), folder)
    damage(folder)
    with pytest.raises(ModelError, match=word) as raised:
        Classifier.load(taxonomy, folder)
    assert str(folder) in raised.value.where
