"""Reading an ONNX file: parse, fix the dimensions, walk through the nodes, leave out what changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.integer_inputs import declared_ranges, input_ranges, masks_noted
from zkinfer.frontend.onnx.model import DISPLAY, OnnxModel
from zkinfer.graph.graph import Array, Shape
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

    from zkinfer.frontend.onnx.infer import Values


def read_onnx(path: Path, shapes: Mapping[str, Shape] | None = None) -> OnnxModel:
    """Return the network in the file.

    shapes: of inputs by name, the batch axis included; needed where the file leaves dimensions open. Errors: UsageError
    that names the file, the input or node, and the remedy.
    """
    try:
        import onnx  # noqa: F401  the one import that may fail
    except ImportError:
        raise UsageError(
            f"{path}: reading ONNX needs the package onnx; install it with `pip install 'zkinfer[onnx]'`."
        ) from None
    return _read(path, shapes or {})


def _read(path: Path, shapes: Mapping[str, Shape]) -> OnnxModel:
    from zkinfer.frontend.onnx.dimensions import fix_dimensions, open_inputs
    from zkinfer.frontend.onnx.infer import Values
    from zkinfer.frontend.onnx.parse import parse

    model, constants = parse(path)
    inputs = open_inputs(model.graph, constants)
    if not inputs or not model.graph.output:
        missing = "input" if not inputs else "output"
        raise UsageError(f"{path}: the network has no {missing}, so there is nothing to prove; export it with one.")
    notes = fix_dimensions(inputs, shapes, path)
    values = Values()
    for name, array in constants.items():
        values.add_constant(name, array)
    for value in inputs:
        values.types[value.name] = value.type
    return _walked(model, values, tuple(value.name for value in inputs), tuple(notes), path)


def _walked(
    model: ModelProto, values: Values, inputs: tuple[str, ...], notes: tuple[str, ...], path: Path
) -> OnnxModel:
    from zkinfer.frontend.onnx.infer import Rules, shape_of, type_name
    from zkinfer.frontend.onnx.parse import opset_of
    from zkinfer.frontend.onnx.simplify import simplify
    from zkinfer.frontend.onnx.walk import Scope, Walk

    opset = opset_of(model)
    opsets = {entry.domain: entry.version for entry in model.opset_import if entry.domain != "ai.onnx"} | {"": opset}
    walk = Walk(path, Rules(opsets), values)
    scope = Scope({name: name for name in (*values.constants, *inputs)})
    walk.through(model.graph, scope)
    names = tuple(value.name for value in model.graph.output)
    for name in names:
        if name not in scope:
            raise UsageError(f"{path}: nothing computes the output {name!r}; export the model again.")
    shapes = {name: shape for name, kind in values.types.items() if (shape := shape_of(kind)) is not None}
    types = {name: known for name, kind in values.types.items() if (known := type_name(kind)) is not None}
    nodes, outputs = simplify(walk.nodes, [scope[name] for name in names], values.constants, shapes, types)
    used = {*inputs, *outputs, *(name for node in nodes for name in (*node.inputs, *node.outputs))}
    kept = {name: array for name, array in values.constants.items() if name in used}
    _require_numbers(kept, path)
    if walk.walked > len(nodes):
        gone = walk.walked - len(nodes)
        notes = (*notes, f"{gone} of {walk.walked} nodes compute with constants or change nothing; they are left out.")
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    given = {name: types[name] for name in inputs if name in types}
    declared = declared_ranges(metadata, given, str(path))
    constants = {name: array.shape for name, array in kept.items()}
    ranges, masks = input_ranges(given, ((n.op_type, n.inputs, n.outputs) for n in nodes), constants, declared)
    return OnnxModel(
        str(path),
        opset,
        tuple(nodes),
        inputs,
        tuple(outputs),
        names,
        kept,
        {name: shape for name, shape in shapes.items() if name in used},
        {name: known for name, known in types.items() if name in used},
        (*notes, *masks_noted(masks, given)),
        frozenset(metadata.get(DISPLAY, "").split()),
        ranges,
    )


def _require_numbers(constants: Mapping[str, Array], path: Path) -> None:
    """Errors: UsageError for a constant with an entry that is no number."""
    for name, array in constants.items():
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise UsageError(f"{path}: constant {name!r} has entries that are no numbers (NaN); train or export again.")
