"""Statements made by hand, for relations that no network states, or states too well."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attacks.cells import Cells, corrupted
from attacks.networks import Made, made_of
from zkinfer.program.builder import Builder
from zkinfer.program.lower import state
from zkinfer.program.values import scaled
from zkinfer.program.witness import Witness
from zkinfer_verify.statement.relations import ALONG, Affine, Form, Term
from zkinfer_verify.statement.statement import PublicOutput

ROW_VARS = 4
NO_WEIGHTS: Mapping[str, NDArray[Any]] = MappingProxyType({})


def publish(builder: Builder, form: Form, bound: int) -> None:
    """Add a public output that equals a form."""
    builder.outputs.append(PublicOutput("output", form.dims, bound, 1.0, 0, "none"))
    output = Term(1, -len(builder.outputs), (ALONG,) * len(form.dims))
    relation = Affine(Form(form.dims, (output, *scaled(form, -1).terms), -form.constant))
    builder.affines.append(("output", relation))


def handmade(builder: Builder, arrays: Mapping[str, NDArray[Any]] = NO_WEIGHTS) -> Made:
    """Place the columns of a builder, and commit to its weights, given by column name. Nothing is checked."""
    return made_of(state(builder, ROW_VARS, "toy", bytes(32)), arrays)


def written(made: Made, outputs: tuple[int, ...], fill: Callable[[Cells], None], *, recount: bool = True) -> Witness:
    """Return the witness that is written into empty rows."""
    statement = made.statement
    rows = np.zeros((statement.witness_rows, 1 << statement.row_vars), dtype=np.uint64)
    return corrupted(made, Witness(rows, (outputs,)), fill, recount=recount)
