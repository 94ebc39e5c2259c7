"""Tables as arrays: the components of their rows, and a function's values cut into runs."""

import numpy as np
from numpy.typing import NDArray

from zkinfer_verify.statement.tables import Run, Table


def table_component(table: Table, component: int) -> NDArray[np.int64]:
    """Return one component of every row of a table, (size,)."""
    return np.concatenate(
        [run.first + run.step * np.arange(run.count, dtype=np.int64) for run in table.runs(component)]
    )


def runs_of(values: NDArray[np.int64]) -> tuple[Run, ...]:
    """Cut values into runs that change by a constant step, each as long as it can be."""
    runs: list[Run] = []
    start, last, steps = 0, len(values) - 1, np.diff(values)
    for turn in [*(np.flatnonzero(np.diff(steps)) + 1).tolist(), last]:
        # A turn at the first value of a run does not end it: its step is the one after.
        if turn > start or turn == last:
            step = int(steps[start]) if turn > start else 0
            runs.append(Run(turn + 1 - start, int(values[start]), step))
            start = turn + 1
    return tuple(runs)
