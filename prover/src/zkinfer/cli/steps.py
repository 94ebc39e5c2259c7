"""A Run's steps as the library wants to be told of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zkinfer.cli.run import Run
from zkinfer.prove.prover import Step


def steps(run: Run) -> Step:
    """Time and show every step that the library begins."""

    @contextmanager
    def step(name: str) -> Iterator[None]:
        with run.step(name):
            yield

    return step
