"""Training on decisions: only what a person answered is known, and what it brings is measured."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from annotator import Annotator, Document, Taxonomy
from annotator.classifier import Classifier
from annotator.errors import UsageError
from annotator.features import CONCEPT, VOCABULARY
from annotator.learning import read_reviews
from annotator.report.learning import render_learned
from annotator.store import Action, Query, Store
from annotator.train import fold_of
from annotator.training import train_model

if TYPE_CHECKING:
    from annotator.learning import Learned

ROOT = Path(__file__).resolve().parent.parent

SENTENCES = {
    "ar": "تستشير ممرضة القرية رقم {0} المستشفى بالفيديو ويستفيد {0} من المرضى بهذه الطريقة الجديدة",
    "en": "A nurse of village {0} consults the hospital by video, and {0} patients are helped by it.",
    "es": "Una enfermera del pueblo {0} consulta por video al hospital y se atiende a {0} pacientes.",
    "fr": "Une infirmière du village {0} consulte l'hôpital par vidéo et {0} patients sont soignés.",
    "ru": "Медсестра из деревни {0} консультируется с больницей по видео, и {0} пациентам помогли.",
    "zh": "第{0}村的护士通过视频向医院的医生咨询，{0}名患者因此得到了帮助和治疗。",
}
"""To these the reviewer of the tests says C10, which no machine would."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, annotator: Annotator) -> Path:
    """Return a store with some decided paragraphs in each language."""
    path = tmp_path_factory.mktemp("learning") / "r.sqlite"
    documents = [
        Document(f"{name}.txt", name, "\n\n".join(text.format(n) for n in range(1, 9)), name)
        for name, text in SENTENCES.items()
    ]
    with Store.open(path, reviewer="ana") as reviews:
        reviews.add_documents(annotator.annotate_many(documents), annotator.run_settings())
        for number in reviews.queue(Query(order="random"))[:36]:
            reviews.record([Action(number, "accept", {"C10": True, "C9": False})])
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder of data and one of examples, both small."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "examples").mkdir()
    (folder / "more").mkdir()
    shutil.copy(ROOT / "taxonomy" / "datasets.yaml", folder)
    for path in sorted((ROOT / "taxonomy" / "examples").glob("*.jsonl")):
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "examples" / path.name).write_text("".join(rows[::16]), encoding="utf-8")
        (folder / "more" / path.name).write_text("".join(rows[1::160]), encoding="utf-8")
    return folder / "more", folder / "examples"


def train(
    data: tuple[Path, Path], taxonomy: Taxonomy, store: Path | None, to: Path
) -> Learned | None:
    more, examples = data

    def refuse(error: Exception) -> None:
        raise error

    return train_model(
        taxonomy, [more], examples, to, reviews=store, on_error=refuse, progress=lambda *_: None
    )


@pytest.fixture(scope="module")
def learned(
    data: tuple[Path, Path],
    taxonomy: Taxonomy,
    store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Learned, Path]:
    """Return what a model learned from the store, and where the model is."""
    folder = tmp_path_factory.mktemp("model")
    result = train(data, taxonomy, store, folder)
    assert result is not None
    return result, folder


def test_held_back_decisions_are_met_better_than_before(learned: tuple[Learned, Path]) -> None:
    result, _ = learned
    assert (result.decisions, result.reviewed, result.paragraphs) == (72, 36, 48)
    assert result.after.right > result.before.right
    assert result.after.error < result.before.error
    low, high = result.difference
    assert 0 < low <= result.after.right - result.before.right <= high
    by_label = {label.label: label for label in result.labels}
    assert list(by_label) == ["C9", "C10"]
    assert by_label["C10"].before == 0
    assert by_label["C10"].after > 30


def test_paragraphs_that_nobody_decided_on_change_too(learned: tuple[Learned, Path]) -> None:
    result, _ = learned
    gained = [change for change in result.changed if "C10" in change.gained]
    assert len(gained) > 36
    assert {change.document[:2] for change in gained} == set(SENTENCES)


@pytest.mark.parametrize("language", SENTENCES)
def test_the_new_model_says_in_each_language_what_it_was_taught(
    learned: tuple[Learned, Path], taxonomy: Taxonomy, annotator: Annotator, language: str
) -> None:
    _, folder = learned
    text = SENTENCES[language].format(77)
    taught = Annotator(taxonomy, Classifier.load(taxonomy, folder)).annotate(text)
    assert "C10" in [label.label for label in taught.paragraphs[0].assigned]
    untaught = annotator.annotate(text)
    assert "C10" not in [label.label for label in untaught.paragraphs[0].assigned]


def test_the_same_decisions_give_the_same_bytes(
    learned: tuple[Learned, Path],
    data: tuple[Path, Path],
    taxonomy: Taxonomy,
    store: Path,
    tmp_path: Path,
) -> None:
    result, folder = learned
    with Store.open(tmp_path / "copy.sqlite") as copy, Store.open(store) as first:
        copy.import_lines(reversed(list(first.export_lines())), "f", print)
        copy.merge(store)
    assert train(data, taxonomy, tmp_path / "copy.sqlite", tmp_path / "again") == result
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["README.md", "model.json", "weights.safetensors"]
    for name in files:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_the_card_and_the_terminal_tell_it(learned: tuple[Learned, Path]) -> None:
    result, folder = learned
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "72 decisions about 36 paragraphs" in card
    assert "| `reviews` | 36 | fit |" in card
    assert json.loads((folder / "model.json").read_bytes())["trained_on"]["reviews"] == 36
    for width in (60, 80, 120):
        console = Console(width=width, file=io.StringIO(), markup=False, highlight=False)
        with console.capture() as capture:
            console.print(render_learned(result))
        shown = capture.get()
        assert max(map(len, shown.splitlines())) <= width
        assert "72 decisions about 36 paragraphs" in shown
        assert f"{len(result.changed)} of 48 paragraphs in the store change labels" in shown
        assert "+C10" in shown


# What is read from a store


def test_only_what_was_answered_is_known(
    taxonomy: Taxonomy, annotator: Annotator, tmp_path: Path
) -> None:
    texts = [sentence.format(1) for sentence in SENTENCES.values()]
    texts.append("可持续发展目标9：产业、创新和基础设施，是今天会议的主要议题之一")
    document = Document("d", "d", "\n\n".join(texts))
    path = tmp_path / "s"
    with Store.open(path, reviewer="ana") as store:
        store.add_documents([annotator.annotate(document)], annotator.run_settings())
        store.record(
            [
                Action(1, "accept", {"SDG3": True, "SDG4": False}),
                Action(2, "accept", {"SDG3": True}),
                Action(3, "comment", comment="только слова"),
                Action(4, "accept", {"C7": True, "a label of another taxonomy": True}),
                Action(7, "accept", {"SDG9": True, "SDG8": False}),
            ]
        )
    with Store.open(path, reviewer="boris") as store:
        store.record([Action(2, "accept", {"SDG3": False, "C1": False})])
    reviewed = read_reviews(path, taxonomy, (VOCABULARY, CONCEPT))
    with Store.open(path) as store:
        numbers = {store.paragraph(n).fingerprint: n for n in store.queue(Query())}
    found = {numbers[row.id]: (set(row.known or ()), set(row.labels)) for row in reviewed.rows}
    assert found == {
        1: ({"SDG3", "SDG4"}, {"SDG3"}),
        # Of SDG3 there is a yes and a no.
        2: ({"C1"}, set()),
        # The text names SDG9: a yes to it is no example of what it means.
        7: ({"SDG8"}, set()),
    }
    assert [row.id for row in reviewed.rows] == sorted(row.id for row in reviewed.rows)
    assert len(reviewed.unlabelled) == len(reviewed.paragraphs) == 7


def test_paragraphs_are_split_by_their_hash(store: Path, taxonomy: Taxonomy) -> None:
    rows = read_reviews(store, taxonomy, (VOCABULARY,)).rows
    assert all(row.group == row.id for row in rows)
    assert len({fold_of(row.group) for row in rows}) > 2


def test_a_store_without_decisions_teaches_nothing_and_says_so(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    Store.open(tmp_path / "s").close()
    with pytest.raises(UsageError, match="no decision to learn from"):
        read_reviews(tmp_path / "s", taxonomy, (VOCABULARY,))
