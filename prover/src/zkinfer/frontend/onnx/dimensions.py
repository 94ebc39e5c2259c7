"""A number for every dimension of the inputs: the file's, the caller's, or 1 for a batch axis that is left open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from onnx import GraphProto, TensorShapeProto, TypeProto, ValueInfoProto

from zkinfer.frontend.onnx.claims import require_size
from zkinfer.frontend.onnx.infer import type_name
from zkinfer.graph.graph import Shape, show
from zkinfer_verify.errors import UsageError

OPEN = "?"


def open_inputs(graph: GraphProto, constants: Mapping[str, object]) -> list[ValueInfoProto]:
    """Return the inputs that a caller gives: those that are no constants."""
    return [value for value in graph.input if value.name not in constants]


def fix_dimensions(inputs: list[ValueInfoProto], shapes: Mapping[str, Shape], path: Path) -> list[str]:
    """Write a number into every dimension; return what was assumed, as sentences.

    A symbol that the caller's shapes bind has this value in every input. Errors: UsageError that names the file, the
    input, the axis, its symbol, and the option.
    """
    names = [value.name for value in inputs]
    for name in shapes:
        if name not in names:
            raise UsageError(f"{path}: there is no input {name!r}; its inputs are {', '.join(names) or 'none'}.")
    notes: list[str] = []
    bound: dict[str, int] = {}
    for value in inputs:
        _require_tensor(value, path)
        if value.name in shapes:
            notes += _give(value, shapes[value.name], bound, path)
    for value in inputs:
        if value.name not in shapes:
            notes += _close(value, bound, path)
        require_size([dim.dim_value for dim in value.type.tensor_type.shape.dim], f"{path}: input {value.name!r}")
    return notes


def _require_tensor(value: ValueInfoProto, path: Path) -> None:
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type" or type_name(value.type) is None:
        what = {None: "value", "tensor_type": "tensor"}.get(kind, str(kind).removesuffix("_type"))
        raise UsageError(
            f"{path}: input {value.name!r} is a {what} of no type that is read; export it as a tensor of numbers."
        )


def _give(value: ValueInfoProto, given: Shape, bound: dict[str, int], path: Path) -> list[str]:
    """Write the caller's shape, and bind the symbols that it gives a number to."""
    tensor = value.type.tensor_type
    where = f"{path}: input {value.name!r}"
    if min(given, default=1) < 1:
        raise UsageError(f"{where}: --shape gives {show(given)}; every axis has at least one entry.")
    if tensor.HasField("shape") and len(tensor.shape.dim) != len(given):
        raise UsageError(f"{where} has {len(tensor.shape.dim)} axes ({_shown(tensor)}), --shape gives {len(given)}.")
    notes = []
    for axis, size in enumerate(given):
        dim = tensor.shape.dim[axis] if axis < len(tensor.shape.dim) else tensor.shape.dim.add()
        if _symbol(dim) != OPEN:
            bound.setdefault(dim.dim_param, size)
        if dim.dim_value > 0 and dim.dim_value != size:
            notes.append(f"Axis {axis} of input {value.name!r} is {dim.dim_value} in the file, {size} by --shape.")
        dim.dim_value = size
    return notes


def _close(value: ValueInfoProto, bound: Mapping[str, int], path: Path) -> list[str]:
    """Give each open dimension the number of its symbol, or 1 to the batch axis."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        raise UsageError(f"{path}: input {value.name!r} has no shape in the file; give --shape {value.name}=1,..")
    shown = _shown(tensor)
    for dim in tensor.shape.dim:
        if dim.dim_value < 1 and _symbol(dim) in bound:
            dim.dim_value = bound[dim.dim_param]
    missing = {axis: _symbol(dim) for axis, dim in enumerate(tensor.shape.dim) if dim.dim_value < 1}
    if missing.keys() - {0}:
        axes = ", ".join(f"{axis} ({symbol})" for axis, symbol in missing.items())
        raise UsageError(
            f"{path}: the dimensions of input {value.name!r} are open on axis {axes}; give the shape by "
            f"--shape {value.name}={shown} with numbers in place of names."
        )
    if missing:
        tensor.shape.dim[0].dim_value = 1
        return [f"The batch axis ({missing[0]}) of input {value.name!r} is taken as 1; --shape gives another."]
    return []


def _symbol(dim: TensorShapeProto.Dimension) -> str:
    """The name of a dimension; some exporters write one that says nothing."""
    return OPEN if dim.dim_param in ("", "?", "-1", "None") else dim.dim_param


def _shown(tensor: TypeProto.Tensor) -> str:
    """The dimensions as the file has them: numbers, symbols, or question marks."""
    return ",".join(str(dim.dim_value) if dim.dim_value > 0 else _symbol(dim) for dim in tensor.shape.dim)
