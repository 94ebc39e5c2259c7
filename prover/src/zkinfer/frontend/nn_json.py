"""The reference's interchange file to a Graph: {"layers": [{"layer_type": .., "input_shape": [..], ..}, ..]}.

    {"layer_type": "convolution", "input_shape": [120,80,3], "kernel": ARRAY}      (out, height, width, in)
    {"layer_type": "max_pool", "input_shape": [116,76,32], "window": 2}
    {"layer_type": "relu", "input_shape": [58,38,32]}
    {"layer_type": "flatten", "input_shape": [27,17,32]}
    {"layer_type": "fully_connected", "input_shape": [14688], "weights": ARRAY, "biases": ARRAY}    input_shape optional
    {"layer_type": "normalize", "input_shape": [5]}

Strict: a file that says anything else, or that disagrees with itself, is refused with the place.
"""

from __future__ import annotations

from pathlib import Path

import simdjson

from zkinfer.frontend.files import read_file
from zkinfer.frontend.json_array import OPENING_BRACKETS, read_array
from zkinfer.frontend.json_text import Lists, members, parse_json, parse_with_numbers, sizes
from zkinfer.graph.graph import (
    Array,
    Convolution,
    Flatten,
    FullyConnected,
    Graph,
    MaxPool,
    Normalize,
    Operator,
    Relu,
    Shape,
    sequential,
    show,
)
from zkinfer_verify.errors import UsageError

FIELDS: dict[str, tuple[str, ...]] = {
    "convolution": ("kernel",),
    "max_pool": ("window",),
    "relu": (),
    "flatten": (),
    "fully_connected": ("weights", "biases"),
    "normalize": (),
}


def read_nn_json(path: Path) -> Graph:
    """The network in the file, its weights float64 as written.

    Errors: UsageError that names the file and the layer by index and type, or the line and column of broken JSON.
    """
    raw = read_file(path)
    cut = parse_with_numbers(raw, path)
    reader = _Reader(path, lists=cut.lists)
    graph = reader.network(cut.document)
    if cut.brackets != reader.brackets:
        graph = _Reader(path, entry_by_entry=True).network(parse_json(raw, path))
    return graph


class _Reader:
    """One pass over the document, which counts the opening brackets it accounts for."""

    def __init__(self, path: Path, *, lists: Lists | None = None, entry_by_entry: bool = False) -> None:
        self.path = path
        self.lists = lists
        self.entry_by_entry = entry_by_entry
        self.brackets = 0

    def network(self, document: object) -> Graph:
        layers = members(document, ("layers",), (), f"{self.path}")["layers"]
        if not isinstance(layers, simdjson.Array) or len(layers) == 0:
            raise UsageError(f'{self.path}: "layers" must be a list of at least one layer.')
        self.brackets += 1
        ops: list[Operator] = []
        input_shape: Shape | None = None
        shape: Shape | None = None
        for i, layer in enumerate(layers):
            op, stated, where = self.layer(layer, f"{self.path}: layers[{i}]")
            if shape is None:
                shape = input_shape = stated
            elif stated != shape and stated is not None:
                raise UsageError(
                    f'{where}: "input_shape" is {show(stated)}, but the layer before it gives {show(shape)}.'
                )
            if shape is None and isinstance(op, FullyConnected):
                shape = input_shape = (op.weights.shape[1],)
            shape = op.output_shape(shape or (), where)
            ops.append(op)
        return sequential(input_shape or (), ops)

    def layer(self, value: object, where: str) -> tuple[Operator, Shape | None, str]:
        kind = value.get("layer_type") if isinstance(value, simdjson.Object) else None
        if not isinstance(kind, str) or kind not in FIELDS:
            shown = f"{kind[:40]!r}" if isinstance(kind, str) else "not given as a string"
            raise UsageError(f'{where}: "layer_type" is {shown}; known are {", ".join(FIELDS)}.')
        where = f"{where} ({kind})"
        required = ("layer_type", *FIELDS[kind])
        if kind == "fully_connected":
            fields = members(value, required, ("input_shape",), where)
        else:
            fields = members(value, (*required, "input_shape"), (), where)
        shape = None
        if "input_shape" in fields:
            self.brackets += 1
            shape = sizes(fields["input_shape"], f'{where}: "input_shape"')
        return self.operator(kind, fields, where), shape, where

    def operator(self, kind: str, fields: dict[str, object], where: str) -> Operator:
        match kind:
            case "convolution":
                kernel = self.array(fields["kernel"], f"{where}: kernel", 4)
                if kernel.shape[1] % 2 == 0 or kernel.shape[2] % 2 == 0:
                    raise UsageError(
                        f"{where}: the kernel {show(kernel.shape)} is {kernel.shape[1]}x{kernel.shape[2]}, but height "
                        "and width must be odd; its axes are (out, height, width, in)."
                    )
                return Convolution(kernel)
            case "max_pool":
                window = fields["window"]
                if type(window) is not int or window < 1:
                    raise UsageError(f'{where}: "window" must be an integer of at least 1.')
                return MaxPool((window, window))
            case "fully_connected":
                weights = self.array(fields["weights"], f"{where}: weights", 2)
                return FullyConnected(weights, self.array(fields["biases"], f"{where}: biases", 1))
            case "relu":
                return Relu()
            case "flatten":
                return Flatten()
        return Normalize()

    def array(self, value: object, where: str, rank: int) -> Array:
        self.brackets += OPENING_BRACKETS
        return read_array(value, where, rank=rank, entry_by_entry=self.entry_by_entry, lists=self.lists)
