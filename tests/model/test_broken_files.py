"""Every way in which an interchange file can be wrong is refused, in one sentence that names the place."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from zkinfer.frontend import json_text
from zkinfer.frontend.load import load
from zkinfer_verify.errors import UsageError


def array(dim: list[int]) -> dict[str, Any]:
    size = 1
    for axis in dim:
        size *= axis
    return {"v": 1, "dim": dim, "data": [float(i % 7) for i in range(size)]}


VALID = {
    "layers": [
        {"layer_type": "convolution", "input_shape": [6, 6, 2], "kernel": array([2, 3, 3, 2])},
        {"layer_type": "max_pool", "input_shape": [4, 4, 2], "window": 2},
        {"layer_type": "relu", "input_shape": [2, 2, 2]},
        {"layer_type": "flatten", "input_shape": [2, 2, 2]},
        {"layer_type": "fully_connected", "input_shape": [8], "weights": array([3, 8]), "biases": array([3])},
        {"layer_type": "normalize", "input_shape": [3]},
    ]
}

CONV, POOL, FULL = "layers[0] (convolution)", "layers[1] (max_pool)", "layers[4] (fully_connected)"


def change(*path: str | int, to: Any) -> Callable[[Any], None]:
    """Replace what stands at `path` under "layers"."""

    def corrupt(model: Any) -> None:
        place = model["layers"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return corrupt


def remove(*path: str | int) -> Callable[[Any], None]:
    def corrupt(model: Any) -> None:
        place = model["layers"]
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return corrupt


# (name, how to corrupt, the place and the reason that the message must name)
CORRUPTIONS: list[tuple[str, Callable[[Any], None], tuple[str, ...]]] = [
    ("layer_type is unknown", change(2, "layer_type", to="gelu"), ("layers[2]", "'gelu'", "known are convolution")),
    ("layer_type is missing", remove(2, "layer_type"), ("layers[2]", "layer_type")),
    ("layer_type is no string", change(2, "layer_type", to=[1]), ("layers[2]", "not given as a string")),
    ("a layer is no object", change(2, to=5), ("layers[2]",)),
    ("a layer is null", change(2, to=None), ("layers[2]",)),
    ("layers is empty", lambda model: model["layers"].clear(), ("at least one layer",)),
    ("layers is no list", lambda model: model.update(layers={}), ("must be a list",)),
    ("layers is missing", lambda model: model.pop("layers"), ("'layers' is missing",)),
    ("the file has another key", lambda model: model.update(name="x"), ("unknown key 'name'",)),
    ("a layer has another key", change(2, "alpha", to=0.1), ("layers[2] (relu)", "unknown key 'alpha'")),
    ("a layer lacks its weights", remove(4, "weights"), (FULL, "'weights' is missing")),
    ("a layer lacks its biases", remove(4, "biases"), (FULL, "'biases' is missing")),
    ("a relu lacks input_shape", remove(2, "input_shape"), ("layers[2] (relu)", "'input_shape' is missing")),
    ("v is 2", change(0, "kernel", "v", to=2), (CONV, "kernel", '"v" must be 1')),
    ("v is true", change(0, "kernel", "v", to=True), (CONV, '"v" must be 1')),
    ("v is 1.0", change(0, "kernel", "v", to=1.0), (CONV, '"v" must be 1')),
    ("v is missing", remove(0, "kernel", "v"), (CONV, "'v' is missing")),
    ("an array has another key", change(0, "kernel", "order", to="C"), (CONV, "unknown key 'order'")),
    ("an array is a list", change(0, "kernel", to=[1.0]), (CONV, "kernel", "expected an object")),
    ("dim asks for more than data", change(4, "weights", "dim", to=[4, 8]), (FULL, "needs 32 numbers", "holds 24")),
    ("dim asks for less than data", change(4, "weights", "dim", to=[2, 8]), (FULL, "needs 16 numbers")),
    ("dim is huge", change(4, "weights", "dim", to=[1 << 40, 1 << 40]), (FULL, "holds 24")),
    ("dim overflows to the right size", change(4, "weights", "dim", to=[1 << 63, 1 << 63]), (FULL, "holds 24")),
    ("dim is empty", change(4, "weights", "dim", to=[]), (FULL, "weights", "sizes")),
    ("dim has a zero", change(4, "weights", "dim", to=[0, 8]), (FULL, "sizes")),
    ("dim has a negative size", change(4, "weights", "dim", to=[-3, -8]), (FULL, "sizes")),
    ("dim has a float", change(4, "weights", "dim", to=[3.0, 8]), (FULL, "sizes")),
    ("dim has a bool", change(4, "biases", "dim", to=[True]), (FULL, "sizes")),
    ("dim is nested", change(4, "weights", "dim", to=[[3, 8]]), (FULL, "sizes")),
    ("dim has too few axes", change(4, "weights", "dim", to=[24]), (FULL, "1 axes, but 2")),
    ("dim has too many axes", change(4, "biases", "dim", to=[3, 1]), (FULL, "2 axes, but 1")),
    ("data is empty", change(4, "biases", "data", to=[]), (FULL, "needs 3 numbers", "holds 0")),
    ("data is no list", change(4, "biases", "data", to="123"), (FULL, "biases", "flat list of numbers")),
    ("data holds a string", change(4, "biases", "data", 1, to="1"), (FULL, "biases", '"data"[1] is not a number')),
    ("data holds a bool", change(4, "biases", "data", 1, to=True), (FULL, '"data"[1] is not a number')),
    ("data holds null", change(4, "biases", "data", 2, to=None), (FULL, '"data"[2] is not a number')),
    ("data holds an object", change(4, "biases", "data", 0, to={}), (FULL, '"data"[0] is not a number')),
    ("data holds a list of one", change(4, "biases", "data", 1, to=[1.0]), (FULL, '"data"[1] is not a number')),
    ("data holds an empty list", lambda m: m["layers"][4]["biases"]["data"].append([]), (FULL, '"data"[3] is not')),
    ("data is nested rows", change(4, "weights", "data", to=[[1.0] * 8] * 3), (FULL, '"data"[0] is not a number')),
    ("a kernel is even", change(0, "kernel", to=array([2, 2, 3, 2])), (CONV, "odd")),
    ("a kernel is even in width", change(0, "kernel", to=array([2, 3, 4, 2])), (CONV, "odd")),
    ("a kernel is too large", change(0, "kernel", to=array([2, 7, 7, 2])), (CONV, "does not fit")),
    ("a kernel has other channels", change(0, "kernel", to=array([2, 3, 3, 3])), (CONV, "channels")),
    ("a window does not divide", change(1, "window", to=3), (POOL, "does not divide")),
    ("a window is zero", change(1, "window", to=0), (POOL, "window")),
    ("a window is a float", change(1, "window", to=2.0), (POOL, "window")),
    ("a window is a list", change(1, "window", to=[2, 2]), (POOL, "window")),
    ("shapes do not chain", change(2, "input_shape", to=[2, 2, 3]), ("layers[2] (relu)", "(2, 2, 3)", "(2, 2, 2)")),
    ("input_shape is a number", change(2, "input_shape", to=8), ("layers[2] (relu)", "sizes")),
    ("input_shape has an empty axis", change(0, "input_shape", to=[6, 0, 2]), (CONV, "sizes")),
    ("weights do not fit the input", change(4, "weights", to=array([3, 9])), (FULL, "take 9 inputs, but 8")),
    ("biases do not fit the weights", change(4, "biases", to=array([4])), (FULL, "need 3 biases")),
    ("a full layer's input is not flat", remove(3), ("layers[3] (fully_connected)", "(8)", "(2, 2, 2)")),
    ("a full layer without a shape is not flat", lambda m: (m["layers"].pop(3), m["layers"][3].pop("input_shape")),
     ("layers[3] (fully_connected)", "flatten")),
]  # fmt: skip


@pytest.fixture(autouse=True, params=[json_text.LONG, 9], ids=["lists are short", "lists are long"])
def long(request, monkeypatch):
    """Lists that count as long are read apart: what is refused, and how, does not depend on it. No shape is so long."""
    monkeypatch.setattr(json_text, "LONG", request.param)


def test_the_file_that_is_corrupted_here_is_valid(tmp_path):
    (tmp_path / "model.json").write_bytes(orjson.dumps(VALID))
    assert load(tmp_path / "model.json").shapes()["normalize1"] == (3,)


@pytest.mark.parametrize(("corrupt", "reasons"), [c[1:] for c in CORRUPTIONS], ids=[c[0] for c in CORRUPTIONS])
def test_rejects_a_file_when(corrupt, reasons, tmp_path):
    model = copy.deepcopy(VALID)
    corrupt(model)
    (tmp_path / "model.json").write_bytes(orjson.dumps(model))
    with pytest.raises(UsageError) as error:
        load(tmp_path / "model.json")
    for reason in ("model.json", *reasons):
        assert reason in str(error.value)
    assert len(str(error.value)) < 300 + len(str(tmp_path))


# (name, the bytes, the reason that the message must name)
TEXTS = [
    ("it is empty", b"", "line 1, column 1"),
    ("it is cut short", orjson.dumps(VALID)[:150], "line 1, column 151, in or next to layers[0]"),
    ("it has a NaN", orjson.dumps(VALID).replace(b"3.0", b"NaN", 1), "layers[0]"),
    ("it has an infinity", orjson.dumps(VALID).replace(b"3.0", b"Infinity", 1), "line 1, column"),
    ("a number overflows", orjson.dumps(VALID).replace(b"3.0", b"1e400", 1), "number"),
    ("an integer overflows", orjson.dumps(VALID).replace(b"3.0", b"9" * 40, 1), "number"),
    ("it goes on", orjson.dumps(VALID) + b"x", "line 1, column"),
    ("a line is broken", b'{\n"layers": [\n}', "line 3, column 1"),
    ("it is not UTF-8", b'{"layers": "\xff"}', "not UTF-8 at byte 12"),
    ("a key is given twice", orjson.dumps(VALID).replace(b'"v":1', b'"v":1,"v":1', 1), "'v' is given twice"),
    ("layers are given twice", b'{"layers": [], "layers": []}', "'layers' is given twice"),
    ("it is nested too deep", b"[" * 5000 + b"]" * 5000, "depth limit"),
    ("it is a number", b"5", "expected an object"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_rejects_a_text_when(text, reason, tmp_path):
    (tmp_path / "model.json").write_bytes(text)
    with pytest.raises(UsageError) as error:
        load(tmp_path / "model.json")
    assert "model.json" in str(error.value)
    assert reason in str(error.value)


@pytest.mark.parametrize(("layer", "name"), [(0, "kernel"), (4, "weights")])
@pytest.mark.parametrize("key", ["numbers 0", "numbers 1"])
def test_rejects_a_string_that_is_the_key_of_a_list(layer, name, key, tmp_path):
    model = copy.deepcopy(VALID)
    model["layers"][layer][name]["data"] = key
    (tmp_path / "model.json").write_bytes(orjson.dumps(model))
    with pytest.raises(UsageError, match=f"{name}.*(flat list of numbers|needs .* numbers)|weights: .*flat list"):
        load(tmp_path / "model.json")


@pytest.mark.parametrize("length", range(0, len(orjson.dumps(VALID)), 7))
def test_rejects_every_cut(length, tmp_path):
    (tmp_path / "model.json").write_bytes(orjson.dumps(VALID)[:length])
    with pytest.raises(UsageError, match="not valid JSON at line 1, column"):
        load(tmp_path / "model.json")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.json", "No such file"), ("model.onnx", "No such file"), ("model.txt", "'.txt' is not known")],
)
def test_rejects_a_path_when_it_names_no_model(name, reason, tmp_path):
    with pytest.raises(UsageError, match=reason):
        load(tmp_path / name)


def test_rejects_a_folder(tmp_path):
    (tmp_path / "model.json").mkdir()
    with pytest.raises(UsageError, match="Is a directory"):
        load(tmp_path / "model.json")
