"""The prover's readers of files that others may have written: models, inputs, keys."""

import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from attacks.networks import tiny
from fuzz.mutate import EDGES, mutate_bytes
from fuzz.target import ACCEPTED, Target
from zkinfer.api import setup
from zkinfer.artifacts.key_folder import NAMES, load_keys
from zkinfer.frontend.inputs import read_input
from zkinfer.frontend.load import load
from zkinfer.frontend.nn_json_writer import write_nn_json
from zkinfer.graph.graph import Convolution, Flatten, FullyConnected, MaxPool, Normalize, Relu, sequential
from zkinfer_verify.errors import UsageError

ODD: tuple[object, ...] = (None, True, "", "relu", [], [[]], {}, 0.5, 1e300, -0.0, *EDGES, *(-edge for edge in EDGES))


@cache
def _folder() -> Path:
    """Return a folder for this process; it goes with it."""
    kept = tempfile.TemporaryDirectory(prefix="zkinfer-fuzz-")
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def reads(name: str, read: Callable[[Path], object]) -> Callable[[bytes], str]:
    """Return a run that writes the bytes to a file and reads it."""

    def run(data: bytes) -> str:
        path = _folder() / name
        path.write_bytes(data)
        try:
            read(path)
        except UsageError as error:
            return str(error).replace(str(path), name)
        return ACCEPTED

    return run


def _model() -> bytes:
    kernel = np.arange(9).reshape(1, 3, 3, 1) - 4
    full = FullyConnected(np.array([[1, 2, 3, 4], [-1, 0, 1, -2]]), np.array([5, 6]))
    layers = [Convolution(kernel), MaxPool((1, 1)), Relu(), Flatten(), full, Normalize()]
    path = _folder() / "valid.json"
    write_nn_json(sequential((4, 4, 1), layers), path)
    return path.read_bytes()


def _mutate_json(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change the document, one time in three its text."""
    if draw.randrange(3) == 0:
        return mutate_bytes(draw, data, others)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return mutate_bytes(draw, data, others)
    return json.dumps(_change(draw, document)).encode()


def _change(draw: Random, value: Any) -> Any:
    if draw.randrange(6) == 0 or not isinstance(value, dict | list) or not value:
        return draw.choice(ODD)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = draw.choice(keys)
    changed: Any = value.copy()
    match draw.randrange(6):
        case 0:
            del changed[key]
        case 1:
            changed[key] = value[draw.choice(keys)]
        case _:
            changed[key] = _change(draw, value[key])
    return changed


def _arrays() -> Sequence[bytes]:
    """Return .npy files of several types and orders."""
    out = []
    for array in (np.arange(6).reshape(2, 3), np.ones((2, 2), np.float32), np.asfortranarray(np.eye(3, dtype=np.int8))):
        file = BytesIO()
        np.save(file, array)
        out.append(file.getvalue())
    return out


def _key_files() -> Sequence[bytes]:
    """Return a folder of keys as one input for each file: the file's number, then its bytes."""
    folder = _folder() / "keys"
    if not folder.exists():
        setup(tiny()[0].graph, folder=folder, profile="toy", allow_toy=True, input_range=(-2, 1))
    return [bytes([k]) + (folder / name).read_bytes()[: 1 << 16] for k, name in enumerate(NAMES)]


def _mutate_key_file(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    of_its_kind = [other[1:] for other in others if other[:1] == data[:1]]
    return data[:1] + mutate_bytes(draw, data[1:], of_its_kind)


def _run_keys(data: bytes) -> str:
    """Replace one file of a folder, load the folder, and put the file back."""
    folder = _folder() / "keys"
    _key_files()
    path = folder / NAMES[data[0] % len(NAMES)] if data else folder / NAMES[0]
    whole = path.read_bytes()
    try:
        path.write_bytes(data[1:] + whole[1 << 16 :])
        load_keys(folder, allow_toy=True)
    except UsageError as error:
        return str(error)
    finally:
        path.write_bytes(whole)
    return ACCEPTED


MODEL = Target("model", lambda: [_model()], _mutate_json, reads("model.json", load))
INPUT_NPY = Target("input-npy", _arrays, mutate_bytes, reads("input.npy", read_input))
INPUT_JSON = Target(
    "input-json",
    lambda: [b"[[1, 2], [3, 4]]", b'{"v":1,"dim":[2],"data":[1.0,2.5]}', b"[1.5]"],
    _mutate_json,
    reads("input.json", read_input),
)
KEYS = Target("keys", _key_files, _mutate_key_file, _run_keys)
