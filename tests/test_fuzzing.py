"""Whatever the bytes, nothing breaks: what the fuzzer kept is replayed, and some more is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzzing import CORPUS, Sample, check_sample, read_corpus, samples
from hypothesis import HealthCheck, given, settings

if TYPE_CHECKING:
    from pathlib import Path

    from annotator import Annotator


@pytest.mark.parametrize("sample", [pytest.param(s, id=name) for name, s in read_corpus()])
def test_what_the_fuzzer_kept_holds_all_promises(
    sample: Sample, annotator: Annotator, tmp_path: Path
) -> None:
    assert check_sample(sample, annotator, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sample=samples())
def test_broken_bytes_of_every_kind_hold_all_promises(
    sample: Sample, annotator: Annotator, tmp_path: Path
) -> None:
    check_sample(sample, annotator, tmp_path)


def test_the_corpus_is_there_and_small() -> None:
    sizes = [path.stat().st_size for path in CORPUS.iterdir()]
    assert len(sizes) >= 50
    assert sum(sizes) < 1_000_000
