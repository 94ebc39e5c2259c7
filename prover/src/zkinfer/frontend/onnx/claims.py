"""What a file claims of its tensors against what it holds, and tensors that lie in files of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper

from zkinfer_verify.errors import UsageError

MAX_ENTRIES = 1 << 32
MAX_AXES = 32
"""Of one tensor: more are an attack or a mistake."""
BITS = {"INT2": 2, "UINT2": 2, "INT4": 4, "UINT4": 4, "FLOAT4E2M1": 4}
PACKED: Mapping[int, int] = {number: BITS[name] for name, number in TensorProto.DataType.items() if name in BITS}
"""Bits of the types of which several entries share a byte."""
COMPLEX: tuple[int, ...] = (TensorProto.COMPLEX64, TensorProto.COMPLEX128)


def check_claims(model: ModelProto, path: Path) -> None:
    """Compare the dimensions of every tensor with what is there.

    Errors: UsageError that names the file and the tensor.
    """
    _require_dense(model, path)
    for tensor in _tensors(model):
        where = _where(tensor, path)
        count = _entries(tensor, where)
        if tensor.data_location == TensorProto.EXTERNAL:
            continue  # compared when it is read
        if tensor.HasField("raw_data"):
            claimed, held, unit = _bytes(tensor, count, where), len(tensor.raw_data), "bytes"
        else:
            claimed, held, unit = _numbers(tensor, count), _held_numbers(tensor), "numbers"
        if claimed != held:
            raise UsageError(
                f"{where} claims {_shown(tensor)} entries, which are {claimed} {unit}, but the file holds {held}; "
                "it is damaged: export it again."
            )


def _require_dense(model: ModelProto, path: Path) -> None:
    for sparse in model.graph.sparse_initializer:
        raise UsageError(f"{path}: constant {sparse.values.name!r} is sparse, which is not read; store it dense.")


def _where(tensor: TensorProto, path: Path) -> str:
    return f"{path}: constant {tensor.name!r}" if tensor.name else f"{path}: a constant without a name"


def _shown(tensor: TensorProto) -> str:
    return " x ".join(map(str, tensor.dims)) or "1"


def _entries(tensor: TensorProto, where: str) -> int:
    """The product of the dimensions."""
    if tensor.data_type not in TensorProto.DataType.values() or tensor.data_type == TensorProto.UNDEFINED:
        raise UsageError(f"{where} is of the type number {tensor.data_type}, which is not known; export it again.")
    return require_size(tensor.dims, where)


def require_size(dims: Sequence[int], where: str) -> int:
    """Return the product of dimensions.

    Errors: UsageError where one is negative, or they are too many or too large.
    """
    if len(dims) > MAX_AXES:
        raise UsageError(f"{where} has {len(dims)} axes, more than {MAX_AXES}; export it with fewer.")
    shown = " x ".join(map(str, dims))
    if any(dim < 0 for dim in dims):
        raise UsageError(f"{where} has a negative dimension ({shown}); export it again.")
    count = prod(map(int, dims))
    if count > MAX_ENTRIES:
        raise UsageError(f"{where} has {shown} entries, more than {MAX_ENTRIES}; make it smaller.")
    return count


def _bytes(tensor: TensorProto, count: int, where: str) -> int:
    """How many bytes a tensor takes that is stored raw."""
    if tensor.data_type == TensorProto.STRING:
        raise UsageError(f"{where} holds strings as raw bytes, which ONNX does not know; export it again.")
    bits = PACKED.get(tensor.data_type) or 8 * helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    return (count * bits + 7) // 8


def _numbers(tensor: TensorProto, count: int) -> int:
    """How many numbers a tensor takes that is stored as a list."""
    if tensor.data_type in PACKED:
        return (count * PACKED[tensor.data_type] + 7) // 8
    return 2 * count if tensor.data_type in COMPLEX else count


def _held_numbers(tensor: TensorProto) -> int:
    return len(getattr(tensor, helper.tensor_dtype_to_field(tensor.data_type)))


def load_external(model: ModelProto, path: Path) -> None:
    """Read the tensors that lie in other files into the model.

    Errors: UsageError where a file is missing, too short, or not in the model's folder.
    """
    folder = path.parent.resolve()
    for tensor in _tensors(model):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        entry = {item.key: item.value for item in tensor.external_data}
        claimed = _bytes(tensor, _entries(tensor, _where(tensor, path)), _where(tensor, path))
        where = f"{path}: the external data of constant {tensor.name!r}"
        location = entry.get("location", "")
        try:
            file = (folder / location).resolve()
        except (OSError, ValueError):
            raise UsageError(f"{where} names no file; export the model again.") from None
        if not location:
            raise UsageError(f"{where} names no file; export the model again.")
        if Path(location).is_absolute() or not file.is_relative_to(folder):
            raise UsageError(f"{where} is {location!r}, outside of the model's folder; move it there.")
        if not file.is_file():
            raise UsageError(f"{where} is {location!r}, which is missing; put the file beside the model.")
        tensor.raw_data = _slice(file, entry, claimed, where)
        tensor.data_location = TensorProto.DEFAULT
        del tensor.external_data[:]


def _slice(file: Path, entry: dict[str, str], claimed: int, where: str) -> bytes:
    """The bytes of one tensor in the file."""
    size = file.stat().st_size
    try:
        offset = int(entry.get("offset") or 0)
        length = int(entry.get("length") or size - offset)
    except ValueError:
        raise UsageError(f"{where} has an offset or length that is no number; export the model again.") from None
    if offset < 0 or length < 0 or offset + length > size:
        raise UsageError(
            f"{where} ends at byte {offset + length} of {file.name!r}, which has {size}; copy the file again."
        )
    if length != claimed:
        raise UsageError(f"{where} has {length} bytes, its dimensions take {claimed}; export the model again.")
    with file.open("rb") as data:
        data.seek(offset)
        return data.read(length)


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Every tensor of the model: constants, and attributes of nodes at any depth."""
    yield from _graph_tensors(model.graph)
    for function in model.functions:
        for node in function.node:
            yield from _node_tensors(node)


def _graph_tensors(graph: GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        yield from _node_tensors(node)


def _node_tensors(node: NodeProto) -> Iterator[TensorProto]:
    for attribute in node.attribute:
        if attribute.type == AttributeProto.TENSOR:
            yield attribute.t
        yield from attribute.tensors
        for graph in (attribute.g, *attribute.graphs):
            yield from _graph_tensors(graph)
