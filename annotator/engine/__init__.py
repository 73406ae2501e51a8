"""Label corpora that one machine takes too long for: many processes, one folder of results.

The inputs are cut into partitions (:mod:`~annotator.engine.partitions`), each of which becomes
one file, written whole or not at all by :mod:`~annotator.engine.tasks`. What is done stands in
the folder itself (:mod:`~annotator.engine.journal`), so that a run whose driver or workers died
goes on where it was. The driver (:mod:`~annotator.engine.driver`) knows only what a partition is
called and whether it is done; no document passes through it.
"""

from annotator.engine.driver import Outcome, export_partitions
from annotator.engine.tables import PARTITION_FORMATS

__all__ = ["PARTITION_FORMATS", "Outcome", "export_partitions"]
