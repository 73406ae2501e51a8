"""What ``annotator evaluate`` puts together: decisions from models and files, floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.cli.running import write_text
from annotator.errors import InputError, RowError, UnreadableInputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from annotator.decisions import Decision
    from annotator.evaluate import Evaluation
    from annotator.fusion import PresetName
    from annotator.gold import GoldRow
    from annotator.model import AnnotatedDocument
    from annotator.pipeline import Annotator
    from annotator.taxonomy import Taxonomy

__all__ = ["Judge", "hold_floors"]


@dataclass(frozen=True, slots=True)
class Judge:
    """Evaluates models, or decisions in files and stores, on the same gold."""

    rows: Sequence[GoldRow]
    taxonomy: Taxonomy
    schemes: Sequence[str] | None
    threshold: float | None
    preset: PresetName | None
    model: Path | None
    """What gives the labels that nobody answered in a store; ``None``: the shipped model."""
    on_error: Callable[[InputError], None]

    def evaluate(self, sources: Sequence[Path | None]) -> dict[str, Evaluation]:
        """Evaluate each source on the rows that all of them decide on.

        Args:
            sources: Model folders, files of decisions, stores of reviews, or ``None`` for the
                shipped model.
        """
        from annotator.decisions import line_up  # noqa: PLC0415
        from annotator.evaluate import measure  # noqa: PLC0415

        decided = {}
        for source in sources:
            name = str(source or "shipped model")
            if name in decided:
                raise UsageError(f"{name} is compared with itself", hint="name two")
            decided[name] = self._decide(source)
        rows = [row for row in self.rows if all(row.id in ids for ids in decided.values())]
        if not rows:
            raise UnreadableInputError(
                "it decides on no row of the gold",
                where=", ".join(decided),
                hint="annotator export GOLD gives rows the same ids, annotator review GOLD fills a store",
            )
        return {
            name: measure(line_up(rows, one, self.taxonomy, self.schemes))
            for name, one in decided.items()
        }

    def _decide(self, source: Path | None) -> dict[str, Decision]:
        """Read decisions from a file or a store, or let a model decide."""
        from annotator.decisions import decide, read_decisions  # noqa: PLC0415
        from annotator.store import is_store  # noqa: PLC0415

        if source is None or source.is_dir():
            return decide(self.rows, self._annotator(source))
        if is_store(source):
            return self._decide_reviewed(source)
        decided = read_decisions(source, self.on_error)
        for row in self.rows:
            if row.id not in decided:
                self.on_error(
                    RowError(
                        f"there is no decision on {row.id}",
                        where=str(source),
                        hint="export the same gold file",
                    )
                )
        return decided

    def _decide_reviewed(self, store: Path) -> dict[str, Decision]:
        """Let a store's decisions stand above the model's, where there are any."""
        from annotator.decisions import decide  # noqa: PLC0415
        from annotator.store import Store, apply_decisions  # noqa: PLC0415

        with Store.open(store, create=False) as reviews:
            settled = reviews.settled()
        annotator = self._annotator(self.model)

        def review(machine: AnnotatedDocument) -> AnnotatedDocument | None:
            """Apply people's decisions; a text that nobody decided about is left out."""
            reviewed = apply_decisions(machine, settled, annotator.settings, self.taxonomy)
            return None if reviewed is machine else reviewed

        return decide(self.rows, annotator, review)

    def _annotator(self, model: Path | None) -> Annotator:
        """Return what gives labels with a model, or with the shipped one."""
        from annotator.classifier import Classifier  # noqa: PLC0415
        from annotator.pipeline import Annotator  # noqa: PLC0415

        classifier = Classifier.load(self.taxonomy, model)
        return Annotator(self.taxonomy, classifier, threshold=self.threshold, preset=self.preset)


def hold_floors(
    gold: Path,
    evaluation: Evaluation,
    path: Path,
    on_error: Callable[[InputError], None],
    *,
    raising: bool,
) -> None:
    """Compare figures with their floors, or lift the floors; tell what falls short."""
    from annotator.floors import (  # noqa: PLC0415
        find_shortfalls,
        hash_cases,
        raise_floors,
        read_floors,
        write_floors,
    )

    cases = hash_cases(gold)
    if raising:
        old = read_floors(path) if path.exists() else None
        lifted, lower = raise_floors(evaluation, cases, old)
        write_text(path, write_floors(lifted))
        advice = (
            "it was kept; edit the file to lower it"
            if old is not None and old.cases_sha256 == cases
            else "the cases are others, so it went down"
        )
        for shortfall in lower:
            on_error(InputError(f"{shortfall}, less one case", where=str(path), hint=advice))
        return
    floors = read_floors(path)
    if floors.cases_sha256 != cases:
        on_error(
            InputError(
                "the cases are not those that the floors stand for",
                where=str(path),
                hint="look at what changed, then --raise-floors",
            )
        )
    for shortfall in find_shortfalls(evaluation, floors):
        on_error(InputError(str(shortfall), where=str(path), hint="find out what made it fall"))
