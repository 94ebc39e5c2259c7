"""The reader of ONNX files and their translation: whatever a file says, it is read or refused in one sentence."""

from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # ships no types
from onnx import ModelProto, TensorProto, helper, numpy_helper

from fuzz.mutate import EDGES, mutate_bytes
from fuzz.prover_targets import reads
from fuzz.target import Target
from zkinfer.frontend.onnx.read import read_onnx
from zkinfer.frontend.onnx.translate import translate

WORDS = ("", "x", "y", "w", "n", "If", "Loop", "Conv", "Concat", "Reshape", "Tile", "Expand", "Range", "com.microsoft")
NUMBERS = (*EDGES, *(-edge for edge in EDGES), -(2**63), 2**31, 2**31 - 1)


def _model(nodes: Sequence[Any], constants: dict[str, Any], shape: Sequence[int | str], opset: int = 17) -> bytes:
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def _seeds() -> Sequence[bytes]:
    """A quantised convolution, arithmetic of shapes, branches, masks, and an older file."""
    node = helper.make_node
    scales = {"s": np.float32(0.25), "z": np.int8(1), "wz": np.int8(0)}
    quantised = [
        node("QuantizeLinear", ["x", "s", "z"], ["xq"]),
        node("DequantizeLinear", ["xq", "s", "z"], ["xd"]),
        node("DequantizeLinear", ["w", "s", "wz"], ["wd"]),
        node("Conv", ["xd", "wd"], ["c"], pads=[1, 0, 1, 0], strides=[1, 2]),
        node("Relu", ["c"], ["r"]),
        node("QuantizeLinear", ["r", "s", "z"], ["yq"]),
        node("DequantizeLinear", ["yq", "s", "z"], ["y"]),
    ]
    shaped = [
        node("Shape", ["x"], ["shape"]),
        node("Gather", ["shape", "zero"], ["first"]),
        node("Concat", ["first", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["flat"]),
        node("ConstantOfShape", ["target"], ["zeros"]),
        node("Tile", ["flat", "twice"], ["tiled"]),
        node("Range", ["from", "to", "by"], ["range"]),
        node("Slice", ["tiled", "zero", "rest"], ["y"]),
    ]
    integers = {"zero": np.array([0]), "rest": np.array([-1]), "twice": np.array([1, 2])}
    bounds = {"from": np.int64(0), "to": np.int64(9), "by": np.int64(2)}
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    branch = helper.make_graph([node("Mul", ["x", "x"], ["out"])], "branch", [], [out])
    chosen = [node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)]
    masked = [
        node("QuantizeLinear", ["x", "s", "z"], ["xq"]),
        node("DequantizeLinear", ["xq", "s", "z"], ["xd"]),
        node("Greater", ["xd", "half"], ["more"]),
        node("And", ["more", "triangle"], ["seen"]),
        node("Cast", ["seen"], ["ones"], to=TensorProto.INT32),
        node("CumSum", ["ones", "axis"], ["count"]),
        node("Equal", ["count", "axis"], ["first"]),
        node("Where", ["first", "xd", "far"], ["m"]),
        node("Softmax", ["m"], ["y"], axis=-1),
    ]
    masks = {"half": np.float32(0.5), "triangle": np.tri(3) > 0, "axis": np.int32(1), "far": np.float32(-np.inf)}
    older = [node("Squeeze", ["x"], ["a"], axes=[0]), node("Softmax", ["a"], ["y"], axis=0)]
    return [
        _model(quantised, {**scales, "w": np.arange(12, dtype=np.int8).reshape(2, 1, 3, 2)}, ["batch", 1, 5, 6]),
        _model(shaped, integers | bounds, [2, 3]),
        _model(chosen, {"c": np.True_}, [2, 3]),
        _model(masked, {**scales, **masks}, [3, 3]),
        _model(older, {}, [1, 3], opset=9),
    ]


def _mutate(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change the message, one time in four its bytes."""
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        return mutate_bytes(draw, data, others)
    if draw.randrange(4) == 0:
        return mutate_bytes(draw, data, others)
    try:
        for _ in range(draw.choice([1, 1, 2, 4])):
            _change(draw, model)
    except UnicodeDecodeError:  # a name that is no text any more
        return mutate_bytes(draw, data, others)
    return bytes(model.SerializePartialToString())


def _change(draw: Random, message: Any) -> None:
    """Change one field of a message, or of one in it."""
    fields = message.ListFields()
    if not fields:
        return
    field, value = draw.choice(fields)
    if field.is_repeated:
        at = draw.randrange(len(value))
        match draw.randrange(5):
            case 0:
                del value[at]
            case 1 if field.message_type is None:
                value.append(draw.choice(list(value)))
            case 1:
                value.add().CopyFrom(draw.choice(list(value)))
            case _ if field.message_type is None:
                with suppress(ValueError):  # a number that the field does not hold
                    value[at] = _leaf(draw, value[at])
            case _:
                _change(draw, value[at])
    elif field.message_type is not None and draw.randrange(12):
        _change(draw, value)
    elif field.message_type is not None or draw.randrange(8) == 0:
        message.ClearField(field.name)
    else:
        with suppress(ValueError):
            setattr(message, field.name, _leaf(draw, value))


def _leaf(draw: Random, value: Any) -> Any:
    if isinstance(value, str):
        return draw.choice([*WORDS, value + "x", value[:-1]])
    if isinstance(value, bytes):
        return mutate_bytes(draw, value, [value])
    if isinstance(value, float):
        return draw.choice([0.0, -1.5, 1e38, float("inf"), float("nan")])
    return draw.choice([value + 1, value - 1, draw.randrange(20), draw.choice(NUMBERS)])


ONNX = Target("onnx", _seeds, _mutate, reads("model.onnx", lambda path: translate(read_onnx(path))))
