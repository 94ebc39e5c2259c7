"""MiniLM-L6 as an ONNX file: its package ships weights alone, so that the graph of BERT is written here.

    x = LN(word[ids] + place + kind);  six times: x = LN(x + attention(x)), x = LN(x + W2 gelu(W1 x));  mean over tokens

Weights of torch are (out, in), so that every product is with their transpose.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from zkinfer.graph.graph import Array

OPSET = 20
IR_VERSION = 9
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12


class _Graph:
    """Nodes and weights as they are added; each method returns the name of its tensor."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Array] = {}

    def constant(self, name: str, array: Array) -> str:
        self.constants[name] = array
        return name

    def add(self, operator: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))  # type: ignore[arg-type]
        return name

    def linear(self, x: str, layer: str, name: str) -> str:
        weights = self.constant(f"{layer}.weight", np.ascontiguousarray(self.weights[f"{layer}.weight"].T))
        product = self.add("MatMul", [x, weights], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])], name)

    def normalize(self, x: str, layer: str, name: str) -> str:
        parts = [self.constant(f"{layer}.{part}", self.weights[f"{layer}.{part}"]) for part in ("weight", "bias")]
        return self.add("LayerNormalization", [x, *parts], name, axis=-1, epsilon=EPSILON)

    def heads(self, x: str, name: str, order: tuple[int, ...]) -> str:
        """(1, tokens, width) to (1, heads, tokens, width / heads), or with the last two turned."""
        shape = self.constant("heads", np.array([1, -1, HEADS, WIDTH // HEADS]))
        return self.add("Transpose", [self.add("Reshape", [x, shape], f"{name}.split")], name, perm=order)


def minilm(weights_file: Path, tokens: int) -> ModelProto:
    """The sentence encoder for texts of so many tokens: ids in, the mean of the last layer out; no padding."""
    graph = _Graph(read_safetensors(weights_file))
    words = graph.constant("words", graph.weights["embeddings.word_embeddings.weight"])
    places = graph.weights["embeddings.position_embeddings.weight"][:tokens]
    kinds = graph.weights["embeddings.token_type_embeddings.weight"][0]
    placed = graph.add(
        "Add", [graph.add("Gather", [words, "ids"], "word"), graph.constant("places", places + kinds)], "sum"
    )
    x = graph.normalize(placed, "embeddings.LayerNorm", "embedded")
    for k in range(LAYERS):
        x = _layer(graph, x, f"encoder.layer.{k}", f"layer{k}")
    graph.add("ReduceMean", [x, graph.constant("axes", np.array([1]))], "sentence", keepdims=0)
    made = helper.make_graph(
        graph.nodes,
        "MiniLM-L6",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, tokens])],
        [helper.make_tensor_value_info("sentence", TensorProto.FLOAT, [1, WIDTH])],
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _layer(graph: _Graph, x: str, layer: str, name: str) -> str:
    own = f"{layer}.attention.self"
    query = graph.heads(graph.linear(x, f"{own}.query", f"{name}.q"), f"{name}.queries", (0, 2, 1, 3))
    key = graph.heads(graph.linear(x, f"{own}.key", f"{name}.k"), f"{name}.keys", (0, 2, 3, 1))
    value = graph.heads(graph.linear(x, f"{own}.value", f"{name}.v"), f"{name}.values", (0, 2, 1, 3))
    scores = graph.add("MatMul", [query, key], f"{name}.scores")
    root = graph.constant("root", np.array((WIDTH // HEADS) ** 0.5, dtype=np.float32))
    weights = graph.add("Softmax", [graph.add("Div", [scores, root], f"{name}.scaled")], f"{name}.attention", axis=-1)
    seen = graph.add("MatMul", [weights, value], f"{name}.seen")
    turned = graph.add("Transpose", [seen], f"{name}.turned", perm=(0, 2, 1, 3))
    joined = graph.add("Reshape", [turned, graph.constant("joined", np.array([1, -1, WIDTH]))], f"{name}.joined")
    attended = graph.linear(joined, f"{layer}.attention.output.dense", f"{name}.attended")
    x = graph.normalize(
        graph.add("Add", [attended, x], f"{name}.first"), f"{layer}.attention.output.LayerNorm", f"{name}.middle"
    )
    inner = graph.add("Gelu", [graph.linear(x, f"{layer}.intermediate.dense", f"{name}.inner")], f"{name}.gelu")
    outer = graph.linear(inner, f"{layer}.output.dense", f"{name}.outer")
    return graph.normalize(graph.add("Add", [outer, x], f"{name}.second"), f"{layer}.output.LayerNorm", name)


def read_safetensors(path: Path) -> dict[str, Array]:
    """The arrays of a file of float32: eight bytes of length, a JSON header of places, then the numbers."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    arrays = {}
    for name, entry in json.loads(raw[8:start]).items():
        if entry.get("dtype") == "F32":
            first, last = (start + offset for offset in entry["data_offsets"])
            arrays[name] = np.frombuffer(raw[first:last], dtype="<f4").reshape(entry["shape"])
    return arrays
