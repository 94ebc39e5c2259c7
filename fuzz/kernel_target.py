"""The boundary to Rust: any arguments end in a result, or in TypeError, ValueError or OverflowError; never a panic."""

import inspect
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from fuzz.target import ACCEPTED, Target
from zkinfer import _native
from zkinfer_verify.field.prime import P

FUNCTIONS = sorted(name for name in _native.__all__)
DTYPES = ("u8", "u8", "u8", "u8", "i8", "i1", "u1", "i2", "i4", ">u8", "f8", "?", "O", "c16")
LENGTHS = (0, 1, 2, 2, 2, 3, 4, 4, 8, 16, 32)
WORDS = (0, 1, 2, P - 1, P, 2**63, 2**64 - 1)
SEED_BYTES = 8


def _array(draw: Random) -> Any:
    shape = tuple(draw.choice(LENGTHS) for _ in range(draw.choice([0, 1, 2, 2, 3, 3, 4])))
    dtype = np.dtype(draw.choice(DTYPES))
    array = np.zeros(shape, dtype)
    if dtype.kind in "ui" and array.size:
        array.flat[draw.randrange(array.size)] = draw.choice(WORDS) % 2 ** (8 * dtype.itemsize - (dtype.kind == "i"))
    match draw.randrange(10):
        case 0:
            return array.T
        case 1:
            return array[::2] if array.ndim else array
        case 2:
            array.flags.writeable = False
        case 3:
            return np.broadcast_to(array, (2, *array.shape))
    return array


def _integer(draw: Random) -> Any:
    return draw.choice([0, 1, 1, 2, 2, 3, 4, 8, -1, 40, 41, 2**31, 2**63, 2**64 - 1, 2**64, None, 1.5])


def _argument(draw: Random) -> Any:
    match draw.randrange(12):
        case 0 | 1:
            return _integer(draw)
        case 2 | 3:
            return (draw.choice(WORDS), draw.choice(WORDS))
        case 4:
            return [(draw.choice(WORDS), draw.choice(WORDS)) for _ in range(draw.randrange(5))]
        case 5:
            return draw.choice([b"", b"tag", None, "text", [], object()])
        case _:
            return _array(draw)


def _fitting(draw: Random, name: str) -> Any:
    """Return an argument of the right kind more often than not, by its name in the stub."""
    if draw.randrange(4) == 0:
        return _argument(draw)
    if name in ("half", "first", "step", "axis"):
        return _integer(draw)
    if name in ("r", "s", "alpha", "lam"):
        return (draw.choice(WORDS), draw.choice(WORDS))
    if name in ("coefs", "point") and draw.randrange(2):
        return [(draw.choice(WORDS), draw.choice(WORDS)) for _ in range(draw.randrange(5))]
    return b"tag" if name == "tag" else _array(draw)


def _run(data: bytes) -> str:
    draw = Random(data[:SEED_BYTES])
    name = draw.choice(FUNCTIONS)
    function = getattr(_native, name)
    parameters = list(inspect.signature(function).parameters)
    try:
        function(*(_fitting(draw, parameter) for parameter in parameters))
    except (TypeError, ValueError, OverflowError) as error:
        return f"{name}: {error}"
    return ACCEPTED


def _draw(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return draw.randbytes(SEED_BYTES)


KERNELS = Target("kernels", lambda: [bytes(SEED_BYTES)], _draw, _run)
