"""A claim is opened at another point than the one at which its sumcheck ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import Attack, Forged
from attacks.networks import mixed
from attacks.prover import deleted, forge, sending
from zkinfer.prove import contraction, folding, sumcheck
from zkinfer.prove.forms import Tables
from zkinfer.prove.sender import Sender
from zkinfer.prove.sumcheck import Table
from zkinfer_verify.field.extension import Ext


@contextmanager
def last_variable_first(label: str) -> Iterator[None]:
    """Bind a sumcheck's variables from the last to the first: every round is right, but for the reversed point."""

    def reversed_bits(table: Table, num_vars: int) -> Table:
        full = np.zeros((len(table), 1 << num_vars, *table.shape[2:]), dtype=np.uint64)
        full[:, : table.shape[1]] = table
        order = [int(f"{index:0{num_vars}b}"[::-1], 2) for index in range(1 << num_vars)]
        return np.ascontiguousarray(full[:, order])

    def product(tx: Sender, kernels: Any, left: Table, right: Table, num_vars: int, at: str) -> Any:
        if at == label:
            left, right = reversed_bits(left, num_vars), reversed_bits(right, num_vars)
        return prove(tx, kernels, left, right, num_vars, at)

    def sums(tx: Sender, kernels: Any, points: Any, *others: Any) -> Any:
        *tables, at = others
        if at == label:
            num_vars = len(points[0])
            points, tables = [point[::-1] for point in points], [reversed_bits(each, num_vars) for each in tables]
        return prove_sums(tx, kernels, points, tables[0], tables[1], tables[2], at)

    prove, prove_sums = sumcheck.prove_product, sumcheck.prove_eq_sums
    with patch.object(contraction, "prove_product", product), patch.object(folding, "prove_eq_sums", sums):
        yield


def reversed_variables(label: str) -> Forged:
    """Run one sumcheck with its variables in the other order."""
    made, x = mixed()
    with last_variable_first(label):
        return forge(made, made.witness(x)).sent()


def opened_elsewhere(name: str) -> Forged:
    """Evaluate a form at the point of a claim before it: its coordinates in the other order."""
    made, x = mixed()
    send_form = Tables.send_form

    def elsewhere(tables: Tables, tx: Sender, at: str, form: Any, point: Any, **options: Any) -> None:
        if at == name:
            point, options = point[::-1], {"factor": options.get("factor", False)}
        send_form(tables, tx, at, form, point, **options)

    with patch.object(Tables, "send_form", elsewhere):
        return forge(made, made.witness(x)).sent()


def node_again() -> Forged:
    """Send the children of a layer of the lookup tree once more, for the layer below it."""
    made, x = mixed()
    seen: list[Ext] = []

    def again(k: int, value: Ext) -> Ext:
        seen.append(value)
        return seen[k - 4] if 8 <= k < 12 else value

    with sending("lookup node", again):
        return forge(made, made.witness(x)).sent()


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    reversals: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("contraction 2 round", ("folding, end",)),
        ("contraction 0 right slide", ("contraction 0 right, slide", "folding, end")),
        ("folding round", ("folding, end",)),
    )
    for label, broken in reversals:
        without = partial(deleted, *broken) if len(broken) == 1 else None
        yield Attack(f"variables reversed, {label}", partial(reversed_variables, label), broken=broken, without=without)
    for name, broken in (
        ("contraction 2 left", ("contraction 2, end", "folding, end")),
        ("contraction 1 right form", ("contraction 1 right, slide", "folding, end")),
        ("vanish 1 factor", ("vanish 1, end", "folding, end")),
    ):
        yield Attack(f"opened elsewhere, {name}", partial(opened_elsewhere, name), broken=broken)
    yield Attack("nodes of the layer above", node_again, broken=("lookups, layer 2", "lookups, layer 3"))
