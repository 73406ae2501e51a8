"""Training: the same bytes, honest folds, missing labels, checked files, a card that tells all."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from commands import run
from hypothesis import given, strategies as st
from small_data import LANGUAGES, text, write_data, write_training_taxonomy

from annotator import Annotator, Taxonomy, calibration, train
from annotator.build_hook import CompileTaxonomy
from annotator.classifier import Classifier
from annotator.datasets import OWN_EXAMPLES, WHOLE_EXAMPLES, Example, read_examples
from annotator.errors import InputError, ModelError, RowError, UsageError
from annotator.features import CONCEPT, VOCABULARY
from annotator.fusion import FusionSettings, Preset, apply_preset
from annotator.spans import SpanSet
from annotator.taxonomy_source import DataSet, read_datasets
from annotator.thresholds import GOAL, fit_presets, precise_threshold, sensitive_threshold
from annotator.training import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(write_taxonomy: Callable[[str], Path]) -> Path:
    """Return a taxonomy folder with all that training reads."""
    folder = write_taxonomy((Path(__file__).parent / "data" / "lexicon.yaml").read_text("utf-8"))
    write_training_taxonomy(folder)
    return folder


@pytest.fixture(scope="module")
def known(folder: Path) -> Taxonomy:
    return Taxonomy.load(folder)


@pytest.fixture(scope="module")
def data(known: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"), known.leaves())


@pytest.fixture(scope="module")
def models(folder: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two models trained on the same data by two processes."""
    place = tmp_path_factory.mktemp("models")
    made = place / "first", place / "second"
    for number, model in enumerate(made, 1):
        finished = run(
            *("train", "--data", data, "--taxonomy", folder, "-o", model),
            seconds=300,
            PYTHONHASHSEED=str(number),
            OMP_NUM_THREADS=str(number),
        )
        assert finished.status == 0, finished.stderr
    return made


@pytest.fixture(scope="module")
def read(known: Taxonomy, folder: Path, data: Path) -> tuple[list[Example], dict[str, DataSet]]:
    return read_examples([data], known, folder / "examples", KINDS, refuse)


def refuse(error: InputError) -> None:
    pytest.fail(str(error))


def test_training_gives_the_same_bytes_again(models: tuple[Path, Path]) -> None:
    first, second = (
        {file.name: file.read_bytes() for file in sorted(model.iterdir())} for model in models
    )
    assert list(first) == ["README.md", "model.json", "weights.safetensors"]
    assert first == second


def test_what_each_part_brings_stands_in_the_card_and_changes_no_weight(
    models: tuple[Path, Path], folder: Path, data: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    finished = run(
        *("train", "--data", data, "--taxonomy", folder, "-o", model, "--ablation"), seconds=300
    )
    assert finished.status == 0, finished.stderr
    for name in ("model.json", "weights.safetensors"):
        assert (model / name).read_bytes() == (models[0] / name).read_bytes()
    usual, card = ((each / "README.md").read_text("utf-8") for each in (models[0], model))
    for part in (
        *("keywords alone", "without `examples`", "without `survey.jsonl`"),
        *(f"without text in {language}" for language in LANGUAGES),
        "the model: classifier and keywords",
    ):
        assert f"\n| {part} |" in card
        assert f"\n| {part} |" not in usual


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trained_model_finds_the_labels_that_it_was_shown(
    models: tuple[Path, Path], known: Taxonomy, language: str
) -> None:
    classifier = Classifier.load(known, models[0])
    labels = known.leaves()
    for number in (0, 7, 20, 34):
        scores = classifier.scores(text(language, number), language, [], SpanSet())
        assert max(scores, key=lambda label: scores[label]) == labels[number]


def test_the_annotator_scores_as_training_does(
    models: tuple[Path, Path], known: Taxonomy, read: tuple[list[Example], dict[str, DataSet]]
) -> None:
    rows, sets = read
    fitted = [row for row in rows if sets[row.dataset].use == "fit"]
    trained = train.fit(fitted, sets, known.leaves(), known, KINDS)
    classifier = Classifier.load(known, models[0])
    constants = []
    for language in LANGUAGES:
        row = next(row for row in rows if row.language == language and row.dataset == "examples")
        fitted_scores = trained.log_odds([row])[0]
        scores = classifier.scores(text(language, 0, 60), language, [], SpanSet())
        constants.append(np.array(list(scores.values())) - fitted_scores)
    # What is saved carries each label's constant from fusion, the same for every text.
    for constant in constants:
        assert constant == pytest.approx(constants[0], abs=0.04)


def test_translations_share_a_group_and_so_a_fold(
    read: tuple[list[Example], dict[str, DataSet]],
) -> None:
    rows, _ = read
    spread: dict[str, set[str]] = {}
    for row in rows:
        if row.dataset == "examples":
            spread.setdefault(row.group, set()).add(row.language)
    assert all(languages == set(LANGUAGES) for languages in spread.values())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("en-target-4.1", "zh-Hans-target-4.1"),
        ("osdg-es-00784", "osdg-es-00784#2"),
        ("ar-C5-01", "ru-C5-01"),
    ],
)
def test_ids_of_one_text_in_two_languages_make_one_group(
    known: Taxonomy, folder: Path, tmp_path: Path, first: str, second: str
) -> None:
    lines = [
        json.dumps({"id": name.split("#")[0], "lang": "en", "text": "bodof", "labels": ["SDG4"]})
        for name in (first, second)
    ]
    (tmp_path / "survey.jsonl").write_text("\n".join(lines), "utf-8")
    rows, _ = read_examples([tmp_path], known, folder / "examples", KINDS, refuse)
    groups = {row.group for row in rows if row.dataset == "survey.jsonl"}
    assert len(groups) == 1


def test_no_model_scores_a_text_whose_translation_it_was_fitted_on(
    monkeypatch: pytest.MonkeyPatch,
    known: Taxonomy,
    read: tuple[list[Example], dict[str, DataSet]],
) -> None:
    rows, sets = read
    fitted_groups: list[set[str]] = []
    real = train.fit

    def watched(
        rows: Sequence[Example],
        sets: Mapping[str, DataSet],
        labels: Sequence[str],
        taxonomy: Taxonomy,
        kinds: Sequence[str],
        *,
        on_keywords: bool,
    ) -> train.Trained:
        fitted_groups.append({row.group for row in rows})
        return real(rows, sets, labels, taxonomy, kinds, on_keywords=on_keywords)

    monkeypatch.setattr(train, "fit", watched)
    scores = train.cross_validate(rows, sets, known.leaves(), known, KINDS)
    assert scores.shape == (len(rows), len(known.leaves()))
    for fold, groups in enumerate(fitted_groups):
        assert groups.isdisjoint(row.group for row in rows if train.fold_of(row.group) == fold)
    assert set.union(*fitted_groups) == {row.group for row in rows}


def test_sets_that_are_only_measured_on_are_never_fitted_on(models: tuple[Path, Path]) -> None:
    file = json.loads((models[0] / "model.json").read_text("utf-8"))
    assert sorted(file["trained_on"]) == ["examples", "survey.jsonl"]
    assert not {"w0095", "w0096"} & set(file["blocks"][0]["names"])


def test_own_examples_come_once_more_with_the_terms_that_they_alone_have(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    for folder in ("data", "examples"):
        (tmp_path / folder).mkdir()
        write_rows(tmp_path / folder / "en.jsonl", ["A broadband network", "Desertification"])
    write_rows(tmp_path / "examples" / "ar.jsonl", ["تطبيب عن بعد", "شبكة النطاق العريض"])
    (tmp_path / "datasets.yaml").write_text("datasets: {}", "utf-8")
    rows, sets = read_examples(
        [tmp_path / "data"], taxonomy, tmp_path / "examples", [CONCEPT], refuse
    )
    own = {row.id: row for row in rows if row.dataset == OWN_EXAMPLES}
    whole = {row.id: row for row in rows if row.dataset == WHOLE_EXAMPLES}
    assert len(own) == 4
    assert own.keys() == whole.keys()
    assert {name for name in own if own[name].keywords != whole[name].keywords} == {
        f"ar-{number}" for number in range(2)
    }
    assert sets[WHOLE_EXAMPLES].use == "combine"


def write_rows(path: Path, texts: Sequence[str]) -> None:
    language = path.stem
    rows = [
        {"id": f"{language}-{number}", "lang": language, "labels": ["C2"], "text": text}
        for number, text in enumerate(texts)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")


def test_sets_that_serve_to_combine_move_no_weight(
    read: tuple[list[Example], dict[str, DataSet]], known: Taxonomy
) -> None:
    rows, sets = read
    others = [row for row in rows if row.dataset != WHOLE_EXAMPLES]
    assert len(others) < len(rows)
    labels = known.leaves()
    fitted, same = (train.fit(some, sets, labels, known, KINDS) for some in (rows, others))
    assert np.array_equal(fitted.weights, same.weights)


def test_sets_that_serve_to_combine_move_slopes_and_choose_no_threshold(known: Taxonomy) -> None:
    """Here keywords say all in the set that serves to combine, and nothing in the other."""
    labels = known.leaves()
    sets = {
        "fitted": DataSet("fit", ("wsis", "sdg"), "yes", "1", "yes"),
        "combined": DataSet("combine", ("wsis", "sdg"), "yes", "1", "yes"),
    }
    rows = [
        replace(example(number, {label}, [], **spoken), dataset=name)
        for name in sets
        for number, label in enumerate(labels * 6)
        for spoken in ([{label: 3.0}] if name == "combined" else [{}])
    ]
    scores = np.array([[4.0 if label in row.labels else -1.0 for label in labels] for row in rows])
    scores[::3] *= -1
    first = [n for n, row in enumerate(rows) if row.dataset == "fitted"]
    alone = calibration.fuse_settings(
        [rows[n] for n in first], scores[first].astype("float32"), sets, labels, known
    )
    both = calibration.fuse_settings(rows, scores.astype("float32"), sets, labels, known)
    assert both.keyword_slope["sdg"] > alone.keyword_slope["sdg"] == 0
    combined = [n for n in range(len(rows)) if n not in set(first)]
    none = calibration.fuse_settings(
        [rows[n] for n in combined], scores[combined].astype("float32"), sets, labels, known
    )
    assert set(none.threshold.values()) == {0.5}


def test_how_much_of_a_denial_keywords_take_back_is_learned(known: Taxonomy) -> None:
    """Texts of which the classifier denies what strong keywords name; who is right differs."""
    labels = known.leaves()
    sets = {"set": DataSet("fit", ("wsis", "sdg"), "yes", "1", "yes")}
    found = {}
    for right in ("keywords", "classifier"):
        rows, said = [], []
        for number, label in enumerate(labels * 20):
            named, other = label, labels[(labels.index(label) + 1) % len(labels)]
            both = {named, other} if right == "keywords" else {named}
            rows.append(example(number, both, [], **{named: 3.0, other: 3.0}))
            said.append([3.0 if one == named else -3.0 for one in labels])
            # Where no keyword stands, denials are right.
            rows.append(example(1000 + number, {named}, []))
            said.append([3.0 if one == named else -3.0 for one in labels])
        scores = np.array(said, dtype=np.float32)
        found[right] = calibration.fuse_settings(rows, scores, sets, labels, known).concession
    assert found["keywords"]["sdg"] > 0.1 > found["classifier"]["sdg"] >= 0.0


def example(number: int, labels: set[str], features: list[str], **keywords: float) -> Example:
    return Example(
        id=str(number),
        dataset="set",
        group=str(number),
        language="en",
        labels=frozenset(labels),
        features={VOCABULARY: {name: [(0, 1)] for name in features}, CONCEPT: {}},
        keywords=keywords,
    )


def test_a_missing_label_is_no_negative(known: Taxonomy) -> None:
    """Texts on solar power that are labelled SDG13 alone do not teach that they are not SDG7."""
    labels = ("SDG7", "SDG13")
    rows = [example(n, {"SDG7"}, ["power", f"a{n % 5}"], SDG7=9.0) for n in range(200)]
    rows += [example(n, {"SDG13"}, ["power", f"a{n % 5}"], SDG7=9.0) for n in range(200, 800)]
    rows += [example(n, {"SDG13"}, [f"a{n % 5}"]) for n in range(800, 1200)]
    score = {}
    for complete in ("yes", "no"):
        data = DataSet("fit", ("sdg",), complete, "1", "yes")
        trained = train.fit(rows, {"set": data}, labels, known, KINDS, on_keywords=False)
        score[complete] = float(trained.log_odds([example(1200, set(), ["power"])])[0, 0])
    # Where the labels are complete, the same texts do teach it.
    assert score["yes"] < 0 < score["no"]


def test_a_missing_label_does_not_lower_its_calibrated_score(known: Taxonomy) -> None:
    labels = known.leaves()
    column = labels.index("SDG7")
    rows = [example(n, {"SDG13"}, ["power"], SDG7=9.0) for n in range(40)]
    rows += [example(n, {"SDG7"}, ["power"], SDG7=9.0) for n in range(40, 60)]
    rows += [example(n, {label}, []) for n, label in enumerate(labels * 2, 60)]
    scores = np.zeros((len(rows), len(labels)), dtype=np.float32)
    found = {}
    for complete in ("yes", "no"):
        sets = {"set": DataSet("fit", ("wsis", "sdg"), complete, "1", "yes")}
        settings = calibration.fuse_settings(rows, scores, sets, labels, known)
        found[complete] = settings.log_odds(labels[column], "sdg", keyword=9.0, classifier=0.0)
    assert found["yes"] < found["no"]


def test_the_card_names_every_set_with_its_licence_and_citation(
    models: tuple[Path, Path], folder: Path
) -> None:
    card = (models[0] / "README.md").read_text("utf-8")
    for name, told in read_datasets(folder / "datasets.yaml").items():
        (line,) = [line for line in card.splitlines() if line.startswith(f"| `{name}` | ")][:1]
        assert told.licence in line
        assert told.citation in line
        assert f"| {told.use} |" in line
    assert "| `examples` |" in card
    for heading in ("Figures, by cross-validation", "--precision", "--recall", "Must not be used"):
        assert heading in card


def copied(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "model"))


def test_weights_that_were_tampered_with_are_refused(
    models: tuple[Path, Path], known: Taxonomy, tmp_path: Path
) -> None:
    model = copied(models[0], tmp_path)
    weights = model / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match=r"not those that model\.json names"):
        Classifier.load(known, model)


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors"])
def test_a_model_without_one_of_its_files_is_refused(
    models: tuple[Path, Path], known: Taxonomy, tmp_path: Path, name: str
) -> None:
    model = copied(models[0], tmp_path)
    (model / name).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Classifier.load(known, model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.pop("labels"), "damaged"),
        (lambda file: file["labels"].__setitem__(0, "MDG1"), "MDG1"),
        (lambda file: file.__setitem__("format", 99), "another format"),
    ],
)
def test_a_model_for_something_else_is_refused(
    models: tuple[Path, Path],
    known: Taxonomy,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
    message: str,
) -> None:
    model = copied(models[0], tmp_path)
    file = json.loads((model / "model.json").read_text("utf-8"))
    change(file)
    (model / "model.json").write_text(json.dumps(file), "utf-8")
    with pytest.raises(ModelError, match=message):
        Classifier.load(known, model)


def test_a_model_without_presets_works_until_one_is_asked_for(
    models: tuple[Path, Path], folder: Path, known: Taxonomy, tmp_path: Path
) -> None:
    model = copied(models[0], tmp_path)
    file = json.loads((model / "model.json").read_text("utf-8"))
    del file["fusion"]["presets"]
    (model / "model.json").write_text(json.dumps(file), "utf-8")
    classifier = Classifier.load(known, model)
    assert Annotator(known, classifier).annotate("bodof").labels
    with pytest.raises(ModelError, match=r"no thresholds for --recall.*annotator train"):
        Annotator(known, classifier, preset="recall")
    finished = run(
        *("export", "-", "--precision", "--model", model, "--taxonomy", folder), stdin=b"text"
    )
    assert finished.status == 3
    assert "no thresholds for --precision" in finished.stderr


CASES = [
    json.loads(line)
    for line in (ROOT / "tests" / "quality" / "cases.jsonl").read_text("utf-8").splitlines()[::15]
]


def test_precision_gives_fewer_labels_and_recall_more(
    annotator: Annotator, taxonomy: Taxonomy
) -> None:
    strict, lax = (
        Annotator(taxonomy, annotator.classifier, preset=preset)
        for preset in ("precision", "recall")
    )
    counts = []
    for case in CASES:
        few, usual, many = (
            {label.label for label in one.annotate(case["text"]).assigned}
            for one in (strict, annotator, lax)
        )
        assert few <= usual <= many
        counts.append((len(few), len(usual), len(many)))
    few_in_all, usual_in_all, many_in_all = np.array(counts).sum(axis=0)
    assert few_in_all < usual_in_all < many_in_all


def test_a_threshold_moves_those_of_the_preset(annotator: Annotator, taxonomy: Taxonomy) -> None:
    preset = apply_preset(annotator.classifier.fusion, "recall")
    same = Annotator(taxonomy, annotator.classifier, preset="recall", threshold=0.5)
    higher = Annotator(taxonomy, annotator.classifier, preset="recall", threshold=0.7)
    for label in taxonomy.leaves():
        assert same.settings.threshold_of(label) == pytest.approx(preset.threshold_of(label))
        assert higher.settings.threshold_of(label) > preset.threshold_of(label)


@pytest.mark.parametrize("command", ["report", "export"])
def test_precision_and_recall_contradict_each_other(command: str) -> None:
    finished = run(command, "-", "--precision", "--recall", stdin=b"text")
    assert finished.status == 2
    assert "contradict" in finished.stderr


def test_the_switches_reach_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in CASES), "utf-8")
    counts = []
    for switch in (["--precision"], [], ["--recall"]):
        finished = run("export", file, *switch, seconds=300)
        assert finished.status == 0, finished.stderr
        records = [json.loads(line) for line in finished.stdout.splitlines()]
        counts.append(sum(label["assigned"] for record in records for label in record["labels"]))
    assert counts[0] < counts[1] < counts[2]


pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(scored=pairs)
def test_thresholds_reach_their_goals_where_any_does(scored: list[tuple[float, bool]]) -> None:
    score = np.array([value for value, _ in scored])
    truth = np.array([held for _, held in scored])
    weight = np.ones(len(scored))

    def recall(threshold: float) -> float:
        return float(truth[score >= threshold].sum() / max(1, truth.sum()))

    sensitive = sensitive_threshold(score, truth, weight)
    assert recall(sensitive) >= GOAL or sensitive == 0.1
    if sensitive < 0.99 and truth.any():
        assert recall(sensitive + 0.01) < GOAL
    precise = precise_threshold(score, truth, weight)
    chosen = score >= precise
    if truth[score >= 0.1].sum() >= 40 and truth[score >= 0.1].all():
        assert truth[chosen].all()
    settings = FusionSettings(threshold={"SDG1": 0.5})
    presets = fit_presets(settings, [("SDG1", (score, truth, weight))])
    assert presets["precision"].threshold["SDG1"] >= 0.5 >= presets["recall"].threshold["SDG1"]
    assert presets["recall"].certain <= presets["recall"].threshold["SDG1"]


def test_presets_survive_the_model_file() -> None:
    settings = FusionSettings(presets={"recall": Preset({"C5": 0.2}, certain=0.2)})
    again = msgspec.json.decode(msgspec.json.encode(settings), type=FusionSettings)
    assert again == settings


def test_a_folder_without_data_is_refused(known: Taxonomy, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.jsonl file"):
        read_examples([tmp_path], known, folder / "examples", KINDS, refuse)


def test_rows_are_read_into_examples(known: Taxonomy, folder: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": text("zh", 4), "lang": "zh-Hans", "labels": ["SDG4", "MDG2"]},
        {"id": "b", "text": "Bildung für alle", "lang": "de", "labels": ["SDG4"]},
        {"id": "c", "labels": ["SDG4"]},
        {"id": "d", "text": text("ru", 4), "lang": "ru", "labels": []},
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    errors: list[InputError] = []
    read_rows, sets = read_examples([tmp_path], known, folder / "examples", KINDS, errors.append)
    own = [row for row in read_rows if row.dataset == "own.jsonl"]
    # German is not one of the six; a label that the taxonomy does not have is left out.
    assert [(row.id, row.language, set(row.labels)) for row in own] == [
        ("a", "zh", {"SDG4"}),
        ("d", "ru", set()),
    ]
    assert "w0004" in own[0].features[VOCABULARY]
    assert [(type(error), error.where) for error in errors] == [
        (RowError, f"{tmp_path / 'own.jsonl'}:3")
    ]
    # A set of which nothing is known is fitted on, and taken as complete.
    assert (sets["own.jsonl"].use, sets["own.jsonl"].complete) == ("fit", "yes")


def test_the_wheel_carries_the_compiled_taxonomy(taxonomy: Taxonomy, tmp_path: Path) -> None:
    hook = CompileTaxonomy(str(ROOT), {}, None, None, str(tmp_path), "wheel")  # type: ignore[arg-type]
    build_data: dict[str, Any] = {"force_include": {}}
    hook.initialize("editable", build_data)
    assert build_data == {"force_include": {}}

    hook.initialize("standard", build_data)
    ((compiled, target),) = build_data["force_include"].items()
    assert target == "annotator/_taxonomy/compiled.msgpack"
    shutil.copytree(ROOT / "taxonomy", tmp_path / "copy", ignore=lambda *_: ["examples"])
    shutil.copy(compiled, tmp_path / "copy" / "compiled.msgpack")
    assert Taxonomy.load(tmp_path / "copy").fingerprint == taxonomy.fingerprint
