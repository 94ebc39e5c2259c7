"""The model's name: a digest of the integer network alone, with neither plan nor layout nor input range.

The encoding is described in docs/identity.md; it changes only together with VERSION.
"""

import hashlib
import json
import struct
from collections.abc import Iterator

from zkinfer.graph.graph import Array, Convolution, Flatten, FullyConnected, Graph, MaxPool, Normalize, Operator, Relu
from zkinfer.network.network import Network, Port
from zkinfer.program.program import Model
from zkinfer_verify.errors import UsageError
from zkinfer_verify.hashing.digest import MODEL, encode_i64

VERSION = 1
NETWORK_VERSION = 2
BLOCK = 1 << 20  # entries widened to 64 bits at a time, to keep temporaries small


def model_id(model: Model) -> bytes:
    """Return the SHA-256 digest of an integer network: kinds of layers, settings, arrays, input shapes.

    Names, the ranges of inputs, what is shown, and the types that arrays are stored in, do not count.
    Errors: UsageError naming a layer that has no encoding yet.
    """
    digest = hashlib.sha256(MODEL)
    for piece in _network_pieces(model) if isinstance(model, Network) else _pieces(model):
        digest.update(piece)
    return digest.digest()


def _pieces(graph: Graph) -> Iterator[bytes]:
    tensors = {graph.input: 0} | {node.output: k for k, node in enumerate(graph.nodes, 1)}
    yield encode_i64([VERSION])
    yield _list(graph.input_shape)
    yield encode_i64([len(graph.nodes)])
    for node in graph.nodes:
        settings, arrays = _content(node.op, node.name)
        kind = node.op.layer_type.encode()
        yield encode_i64([len(kind)]) + kind
        yield _list([tensors[name] for name in node.inputs])
        yield _list(settings)
        yield encode_i64([len(arrays)])
        for array in arrays:
            yield from _array(array)
    yield encode_i64([tensors[graph.output]])


def _content(op: Operator, name: str) -> tuple[tuple[int, ...], tuple[Array | None, ...]]:
    """Return a layer's settings and arrays in the order of docs/identity.md."""
    match op:
        case Convolution():
            return (*op.stride, *op.padding, *op.dilation, op.groups), (op.kernel, op.bias)
        case FullyConnected():
            return (), (op.weights, op.bias)
        case MaxPool():
            return op.window, ()
        case Relu() | Flatten() | Normalize():
            return (), ()
    raise UsageError(f"Layer {name} ({op.layer_type}) cannot be proved yet; remove it from the network.")


def _network_pieces(network: Network) -> Iterator[bytes]:
    tensors = {name: k for k, name in enumerate(network.specs)}
    yield encode_i64([NETWORK_VERSION, len(network.inputs)])
    for port in network.inputs:
        yield _list(port.shape) + _meaning(port)
    yield encode_i64([len(network.nodes)])
    for node in network.nodes:
        settings, arrays = node.op.content()
        yield _text(node.op.kind)
        yield _list([tensors[name] for name in node.inputs])
        yield _text(json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False))
        yield encode_i64([len(arrays)])
        for name in sorted(arrays):
            yield _text(name)
            yield from _array(arrays[name])
    yield encode_i64([len(network.outputs)])
    for port in network.outputs:
        yield encode_i64([tensors[port.tensor]]) + _meaning(port) + _text(port.epilogue)


def _meaning(port: Port) -> bytes:
    """Return what a port's integers stand for: scale, zero point, and whether they are quantised."""
    return struct.pack("<d", port.scale) + encode_i64([port.zero_point, int(port.quantised)])


def _text(text: str) -> bytes:
    return encode_i64([len(text.encode())]) + text.encode()


def _list(values: tuple[int, ...] | list[int]) -> bytes:
    return encode_i64([len(values), *values])


def _array(array: Array | None) -> Iterator[bytes]:
    """Yield an array as its shape and its entries as i64; an absent one has no axes."""
    if array is None:
        yield _list([])
        return
    yield _list(array.shape)
    flat = array.reshape(-1)
    for first in range(0, flat.size, BLOCK):
        yield flat[first : first + BLOCK].astype("<i8").tobytes()
