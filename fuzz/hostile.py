"""Statements that are small as files and ask for much: each was a stall, or the worst that the limits still allow."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from zkinfer_verify.statement.codec import encode
from zkinfer_verify.statement.limits import MAX_ROWS
from zkinfer_verify.statement.relations import ALONG, Affine, Contraction, Form, Index, Lookup, Term, Vanish
from zkinfer_verify.statement.statement import Statement

WORD = 8


@dataclass(frozen=True)
class Hostile:
    """A statement file; refused: a part of the reason, or nothing where the statement may be used."""

    name: str
    make: Callable[[Statement], bytes]
    refused: str


def _axes_without_end(honest: Statement) -> bytes:
    form = Form((2**62 + 1,) * 100_000, (), 0)
    return replace(honest, vanishes=(Vanish((form,)),)).to_bytes()


def _input_without_end(honest: Statement) -> bytes:
    return replace(honest, inputs=(replace(honest.inputs[0], shape=(2**62 + 1,) * 100_000),)).to_bytes()


def sliding(honest: Statement, extent: int) -> bytes:
    """Return a statement that moves a constant along an axis which it reads with a shift: `extent` entries."""
    form = Form((1, extent), (), 0)
    along = (Index(extent, ((1, 1),), 0),)
    out = ((Index(1, ((0, 1),), 0),),)
    moved = Contraction((1, extent), Form((1,), (), 0), out, None, (), form, (*out, along), 1)
    return replace(honest, contractions=(*honest.contractions, moved)).to_bytes()


def _entries_out_of_reach(honest: Statement) -> bytes:
    """The axis has 2^32 entries, of which two are read."""
    form, out = Form((1, 1 << 32), (), 0), ((Index(1, ((0, 1),), 0),),)
    access = (*out, (Index(1 << 32, ((1, 1),), 0),))
    moved = Contraction((1, 2), Form((1,), (), 0), out, None, (), form, access, 1)
    return replace(honest, contractions=(*honest.contractions, moved)).to_bytes()


def _one_column_in_many_forms(honest: Statement) -> bytes:
    """All rows of W that there may be, named by each of many forms."""
    dims = ((MAX_ROWS - honest.weight_rows) << honest.row_vars,)
    weights = replace(honest.columns[1], name="weights", dims=dims, row=honest.weight_rows, lo=0, hi=0)
    form = Form(weights.dims, (Term(1, len(honest.columns), (ALONG,)),), 0)
    columns = (*honest.columns, weights)
    return replace(honest, columns=columns, weight_rows=MAX_ROWS, affines=(Affine(form),) * 5_000).to_bytes()


def _one_output_in_many_forms(honest: Statement) -> bytes:
    large = replace(honest.outputs[0], name="large", dims=(1 << 21,))
    form = Form(large.dims, (Term(1, -2, (ALONG,)),), 0)
    return replace(honest, outputs=(*honest.outputs, large), affines=(Affine(form),) * 3).to_bytes()


def _many_columns(honest: Statement) -> bytes:
    """Columns of one entry, each looked up."""
    count, width = 1 << 13, 1 << honest.row_vars
    first = honest.witness_rows
    columns = [
        replace(honest.columns[0], name="one", dims=(1,), row=first + k // width, offset=k % width)
        for k in range(count)
    ]
    lookups = [Lookup(0, ((len(honest.columns) + k, 1),)) for k in range(count)]
    return replace(
        honest,
        columns=(*honest.columns, *columns),
        lookups=(*honest.lookups, *lookups),
        witness_rows=first + count // width,
    ).to_bytes()


def _long_name(honest: Statement) -> bytes:
    """A name of four megabytes, whose column is looked up by many scales."""
    columns = (replace(honest.columns[0], name="x" * (1 << 22)), *honest.columns[1:])
    lookups = [Lookup(0, ((0, scale),)) for scale in range(2, 2000)]
    return replace(honest, columns=columns, lookups=(*honest.lookups, *lookups)).to_bytes()


def _many_rounds(honest: Statement) -> bytes:
    form = Form((3,) * 8, (), 0)
    return replace(honest, vanishes=(Vanish((form,) * 32),) * 130).to_bytes()


def _announced_counts(honest: Statement) -> bytes:
    """As many columns as bytes are left, the first of as many axes, and nothing that could be one."""
    data, rest = honest.to_bytes(), 1 << 23
    columns = data.index(encode(honest.columns[0])) - WORD
    empty_name_oracle_and_role = bytes(3 * WORD)
    announced = rest.to_bytes(WORD, "little") + empty_name_oracle_and_role + (rest // 2).to_bytes(WORD, "little")
    return data[:columns] + announced + b"\xff" * rest


HOSTILE = (
    Hostile("a form of a hundred thousand axes", _axes_without_end, "a form has extents"),
    Hostile("an input of a hundred thousand axes", _input_without_end, "differs from its column in size"),
    Hostile("an axis of 2^24 entries that slides", lambda st: sliding(st, 1 << 24), "elements a proof"),
    Hostile("an axis of 2^32 entries of which two are read", _entries_out_of_reach, "elements a proof"),
    Hostile("all rows of W in each of many forms", _one_column_in_many_forms, "elements a proof"),
    Hostile("a large output in several forms", _one_output_in_many_forms, "elements a proof"),
    Hostile("many columns, each looked up", _many_columns, ""),
    Hostile("a long name, looked up often", _long_name, ""),
    Hostile("sumchecks without end", _many_rounds, "messages"),
    Hostile("counts that are only announced", _announced_counts, "statement is damaged"),
)
