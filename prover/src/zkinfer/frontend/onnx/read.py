"""Reading an ONNX file: parse, inline, give every dimension a number, infer shapes, fold constants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkinfer.frontend.files import read_file
from zkinfer.frontend.onnx.fold import fold_constants
from zkinfer.frontend.onnx.model import OnnxModel, OnnxNode
from zkinfer.graph.graph import Array, Shape
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

LEAST_OPSET = 13


def read_onnx(path: Path, shapes: Mapping[str, Shape] | None = None) -> OnnxModel:
    """The network in the file.

    shapes: for inputs whose dimensions the file leaves open, by name, the batch axis included. Errors: UsageError that
    names the file, and the input, node or remedy.
    """
    model = _parse(path)
    _require_opset(model, path)
    _fix_dimensions(model.graph, shapes or {}, path)
    return _plain(_inferred(model, path), path)


def _parse(path: Path) -> ModelProto:
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
        from onnx import checker, inliner
        from onnx.external_data_helper import load_external_data_for_model
    except ImportError as error:
        raise UsageError(f"{path}: reading ONNX needs a package; install it by pip install 'zkinfer[onnx]'.") from error
    try:
        model = onnx.load_model_from_string(read_file(path))
        load_external_data_for_model(model, str(path.parent))
        checker.check_model(model)
    except DecodeError:
        raise UsageError(f"{path}: this is not an ONNX file, or it is cut short; export the model again.") from None
    except (checker.ValidationError, OSError, ValueError) as error:
        raise UsageError(f"{path}: not a valid ONNX model: {_first_line(error)}; export it again.") from None
    return inliner.inline_local_functions(model)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".;:")


def _require_opset(model: ModelProto, path: Path) -> None:
    opset = _opset(model)
    if opset < LEAST_OPSET:
        raise UsageError(
            f"{path}: the model is of opset {opset}, at least {LEAST_OPSET} is read; convert it by "
            "onnx.version_converter, or export it again."
        )


def _opset(model: ModelProto) -> int:
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)


def _fix_dimensions(graph: GraphProto, shapes: Mapping[str, Shape], path: Path) -> None:
    """Write the given shapes into the inputs; every dimension must be a number afterwards."""
    inputs = {value.name: value for value in _open_inputs(graph)}
    for name in shapes:
        if name not in inputs:
            raise UsageError(f"{path}: there is no input {name!r}; its inputs are {', '.join(inputs) or 'none'}.")
    for name, value in inputs.items():
        dims = value.type.tensor_type.shape.dim
        given = shapes.get(name)
        if given is not None and len(given) != len(dims):
            raise UsageError(f"{path}: input {name!r} has {len(dims)} axes, --shape gives {len(given)}.")
        for axis, dim in enumerate(dims):
            known = dim.dim_value if dim.HasField("dim_value") else None
            if given is not None and known not in (None, given[axis]):
                raise UsageError(f"{path}: axis {axis} of input {name!r} is {known}, --shape gives {given[axis]}.")
            if given is not None:
                dim.dim_value = given[axis]
            elif not known or known < 1:
                shown = ",".join(d.dim_param or (str(d.dim_value) if d.dim_value > 0 else "?") for d in dims)
                raise UsageError(f"{path}: input {name!r} has open dimensions ({shown}); give --shape {name}=1,..")


def _open_inputs(graph: GraphProto) -> list[ValueInfoProto]:
    """The inputs that a caller gives: those without an initializer."""
    constants = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in constants]


def _inferred(model: ModelProto, path: Path) -> ModelProto:
    from onnx import shape_inference

    # What the exporter wrote about inner tensors may speak of open dimensions.
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    try:
        return shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except (shape_inference.InferenceError, ValueError) as error:
        raise UsageError(f"{path}: the shapes do not fit together: {_first_line(error)}; export it again.") from None


def _plain(model: ModelProto, path: Path) -> OnnxModel:
    from onnx import numpy_helper

    graph = model.graph
    shapes: dict[str, Shape] = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        if value.type.tensor_type.HasField("shape") and all(dim.HasField("dim_value") for dim in dims):
            shapes[value.name] = tuple(dim.dim_value for dim in dims)
    constants: dict[str, Array] = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = [_node(k, node) for k, node in enumerate(graph.node)]
    types = {
        value.name: _type_name(value.type.tensor_type.elem_type)
        for value in (*graph.input, *graph.value_info, *graph.output)
    }
    left, known, aliases = fold_constants(list(zip(nodes, graph.node, strict=True)), constants, shapes)
    names = tuple(value.name for value in graph.output)
    return OnnxModel(
        str(path),
        _opset(model),
        tuple(left),
        tuple(value.name for value in _open_inputs(graph)),
        tuple(aliases.get(name, name) for name in names),
        names,
        known,
        shapes | {name: array.shape for name, array in known.items()},
        types | {name: array.dtype.name for name, array in known.items()},
    )


def _type_name(element: int) -> str:
    from onnx import helper

    return helper.tensor_dtype_to_np_dtype(element).name


def _node(number: int, node: NodeProto) -> OnnxNode:
    from onnx import helper

    attributes: dict[str, Any] = {entry.name: _value(helper.get_attribute_value(entry)) for entry in node.attribute}
    domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
    return OnnxNode(
        node.name or f"#{number + 1}", domain + node.op_type, tuple(node.input), tuple(node.output), attributes
    )


def _value(value: object) -> object:
    """Bytes as text, repeated fields as tuples."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return tuple(value) if isinstance(value, (list,)) else value
