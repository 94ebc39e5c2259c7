"""Inputs and outputs of a network as columns: hidden in a table of their range, or public as integers."""

from __future__ import annotations

from math import prod

from zkinfer.network.iteration import Iteration, refine
from zkinfer.network.lowering import Lowering, Operand, Sum, along
from zkinfer.network.network import Port
from zkinfer.network.view import View, natural_view, separate_view
from zkinfer.program.values import scaled
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_TABLE_ROWS
from zkinfer_verify.statement.relations import ALONG, Contraction, Form, Index, Term
from zkinfer_verify.statement.statement import HiddenInput, PublicOutput


def lower_input(lowering: Lowering, port: Port) -> Operand:
    """Commit an input in a table of exactly its range; a public one is published as well.

    Errors: UsageError for a range that no table holds.
    """
    if port.hi - port.lo >= MAX_TABLE_ROWS:
        raise UsageError(
            f"Input {port.name!r} ranges in {port.lo}..{port.hi}, more than {MAX_TABLE_ROWS} values; narrow it."
        )
    view = natural_view(port.shape)
    lowering.views[port.tensor] = view
    form = lowering.builder.in_table(port.tensor, view.dims, port.lo, port.hi)
    operand = Operand(port.tensor, view, form, port.lo, port.hi)
    if port.public:
        publish(lowering, port, operand)
    else:
        hidden = HiddenInput(port.name, port.shape or (1,), port.lo, port.hi, form.terms[0].column)
        lowering.builder.inputs.append(hidden)
    return operand


def publish(lowering: Lowering, port: Port, tensor: Operand | Sum) -> None:
    """State that everyone sees a tensor: integers in the order and shape of the model's."""
    shape = port.shape or (1,)
    bound = max(abs(port.lo + port.offset), abs(port.hi + port.offset))
    builder = lowering.builder
    builder.outputs.append(PublicOutput(port.name, shape, bound, port.scale, port.offset, port.epilogue))
    public = Form(shape, (Term(1, -len(builder.outputs), (ALONG,) * len(shape)),), -port.offset)
    if isinstance(tensor, Sum) and tensor.relation is not None and _in_order(tensor.view) != shape:
        tensor = lowering.committed(tensor)
    if isinstance(tensor, Sum) and tensor.unit:
        tensor = lowering.committed(tensor)
    total = lowering.total(tensor)
    in_order = _in_order(total.view)
    if in_order is not None and prod(in_order) == prod(shape) and total.relation is None:
        own = Form(total.view.dims, total.terms, total.constant)
        kinds = [extent > 1 for extent in shape]
        # The form of a single entry lies along the first of the axes of extent 1.
        kinds[0] |= not any(kinds)
        laid = along(own, kinds, shape)
        lowering.affine(
            port.name, Form(shape, (*public.terms, *scaled(laid, -1).terms), public.constant - laid.constant)
        )
    elif total.relation is not None:
        lowering.state(total, public)
    else:
        operand = lowering.committed(tensor)
        if not _axes_whole(operand.view):
            operand = lowering.laid(operand, separate_view(shape), f"{port.name}.shown")
        lowering.contraction(port.name, _shown(port, operand, public))


def _in_order(view: View) -> tuple[int, ...] | None:
    """Return the form's extents where its axes are the tensor's own, in order, but for those of extent 1."""
    own = [axis for axis in view.logical if axis]
    return view.dims if list(view.axes) == (own or [()]) else None


def _axes_whole(view: View) -> bool:
    """Whether each of the tensor's axes lies in one of the form's."""
    return all(any(set(axis) <= set(other) for other in view.axes) for axis in view.logical)


def _shown(port: Port, tensor: Operand, public: Form) -> Contraction:
    """State that a public tensor is a committed one, entry by entry."""
    names = range(len(port.shape))
    found = refine((tensor.view, separate_view(port.shape)), (names, names))
    assert found is not None  # the second view has one atom an axis, which refines into any
    iteration, (read, _) = found
    units = [len(iteration.extents) + k for k, extent in enumerate(e for e in port.shape if e == 1)]
    free = iter(units)
    out = []
    for axis, extent in enumerate(port.shape):
        atoms = [k for k, label in enumerate(iteration.labels) if label == axis]
        out.append((iteration.index(atoms) if extent > 1 else Index(1, ((next(free), 1),), 0),))
    first, *rest = iteration.access(read)
    # Axes of extent 1 are read beside the first one: they move nothing.
    first = (Index(first[0].extent, (*first[0].terms, *((unit, 1) for unit in units)), 0),)
    wider = Iteration((*iteration.extents, *(1 for _ in units)), (*iteration.labels, *(None for _ in units)))
    return Contraction(wider.extents, public, tuple(out), None, (), tensor.form, (first, *rest), 1)
