"""KEYS/weights.zkw: the integer model and its plan.

Magic, version, u64 length of the JSON header; the header; zero bytes up to a multiple of 64; the arrays, each padded to
a multiple of 64, in the integer type that the header names, little-endian, row-major. The program and the statement
are not stored: they are derived again and compared by the statement's digest.
"""

import json
import struct
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from zkinfer.artifacts.header import AGAIN, check_header, check_size, pack_header
from zkinfer.artifacts.model_document import TYPES, array_entries, describe, restore
from zkinfer.artifacts.staging import Staging
from zkinfer.graph.graph import Array
from zkinfer.program.lower import Plan
from zkinfer.program.program import Program
from zkinfer_verify.errors import UsageError, ZkinferError

NAME = "weights.zkw"
MAGIC = b"ZKIMODL\0"
VERSION = 2
PREFIX = 24
ALIGN = 64
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, LookupError, AssertionError, ZkinferError)


@dataclass(frozen=True)
class StoredModel:
    """What the file holds: an integer model with its inputs' ranges, and the plan that setup has chosen."""

    program: Program
    plan: Plan


def model_size(model: StoredModel) -> int:
    """Return the file's size."""
    header, arrays = _header(model)
    size = _aligned(PREFIX + len(header))
    return size + sum(_aligned(array.nbytes) for array in arrays)


def stage_model(staging: Staging, model: StoredModel) -> None:
    """Place the file."""
    header, arrays = _header(model)
    with staging.place(NAME).open("wb") as file:
        file.write(pack_header(MAGIC, VERSION) + struct.pack("<Q", len(header)) + header)
        file.write(bytes(-file.tell() % ALIGN))
        for array in arrays:
            file.write(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).data)
            file.write(bytes(-file.tell() % ALIGN))


def _header(model: StoredModel) -> tuple[bytes, list[Array]]:
    """Describe a model; the arrays follow in this order."""
    document, arrays = describe(model.program)
    document["plan"] = {**asdict(model.plan), "wide": sorted(model.plan.wide)}
    return json.dumps(document, separators=(",", ":")).encode(), arrays


def read_model(path: Path) -> StoredModel:
    """Map the file: arrays are read-only views of it.

    Errors: UsageError naming the file when it cannot be read, is not one, is of another version, or is damaged.
    """
    try:
        with path.open("rb") as file:
            prefix, size = file.read(PREFIX), path.stat().st_size
            check_header(path, prefix, MAGIC, VERSION)
            (length,) = struct.unpack("<Q", prefix[16:].ljust(8, b"\0"))
            if length > size - PREFIX:
                raise UsageError(f"{path}: ends inside its header, it is damaged; {AGAIN}.")
            raw = file.read(length)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); {AGAIN}.") from error
    try:
        document = json.loads(raw)
        shapes = [_array_shape(entry) for entry in array_entries(document)]
        starts, end = _offsets(_aligned(PREFIX + length), shapes)
    except DAMAGED as error:
        raise UsageError(f"{path}: has a damaged header; {AGAIN}.") from error
    check_size(path, size, end)
    data = np.memmap(path, dtype=np.uint8, mode="r")
    arrays = iter(
        [
            data[start : start + prod(shape) * kind.itemsize].view(kind).reshape(shape)
            for start, (kind, shape) in zip(starts, shapes, strict=True)
        ]
    )
    try:
        plan = document["plan"]
        plan = Plan(plan["row_vars"], plan["limb_bits"], frozenset(plan["wide"]), plan["merged"])
        return StoredModel(restore(document, arrays), plan)
    except DAMAGED as error:
        raise UsageError(f"{path}: has a damaged header; {AGAIN}.") from error


def _array_shape(entry: dict[str, Any]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    shape = tuple(entry["shape"])
    if entry["type"] not in TYPES or not all(isinstance(dim, int) and dim > 0 for dim in shape):
        raise ValueError("an array is not of integers")
    return np.dtype(entry["type"]).newbyteorder("<"), shape


def _offsets(start: int, shapes: list[tuple[np.dtype[Any], tuple[int, ...]]]) -> tuple[list[int], int]:
    starts = []
    for kind, shape in shapes:
        starts.append(start)
        start = _aligned(start + prod(shape) * kind.itemsize)
    return starts, start


def _aligned(offset: int) -> int:
    return -(-offset // ALIGN) * ALIGN
