"""An input file to an array: .npy, or .json as nested lists or as an array of the interchange format; .npz to several.

An input may be secret: errors name the place and never a value.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tokenize import TokenError

import numpy as np
import simdjson

from zkinfer.frontend.files import read_file
from zkinfer.frontend.json_array import OPENING_BRACKETS, read_array
from zkinfer.frontend.json_text import parse_json
from zkinfer.graph.graph import Array, show
from zkinfer_verify.errors import UsageError

Given = Array | dict[str, Array]
"""The input of a network of one input, or all inputs by their names."""
MAX_AXES = 8
MAX_UNPACKED = 1 << 32


def read_input(path: Path) -> Array:
    """The array in the file: integers or floats, as stored.

    Errors: UsageError that names the file, for another kind of file, a broken one and one that holds no real numbers.
    """
    match path.suffix.lower():
        case ".npy":
            return _read_npy(read_file(path), path)
        case ".json":
            return _read_json(read_file(path), path)
    raise UsageError(f"{path}: an input is a .npy or .json file; convert it, for example with numpy.save.")


def read_given(path: Path) -> Given:
    """The array in the file, or the arrays of an .npz file by their names.

    Errors: as `read_input`.
    """
    if path.suffix.lower() != ".npz":
        return read_input(path)
    try:
        with zipfile.ZipFile(io.BytesIO(read_file(path))) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise UsageError(f"{path}: unpacks to more than {MAX_UNPACKED} bytes; pass smaller arrays.")
            unpacked = {member.filename.removesuffix(".npy"): archive.read(member) for member in members}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        raise UsageError(f"{path}: not an .npz file; write it with numpy.savez.") from None
    return {name: _read_npy(raw, path) for name, raw in unpacked.items()}


def read_inputs(paths: Sequence[Path]) -> Given:
    """What one file gives, or what several give, along a new first axis.

    Errors: as `read_input`; UsageError naming the first file whose names and shapes are not those of the first one.
    """
    given = [read_given(path) for path in paths]
    if len(given) == 1:
        return given[0]
    shapes = [_shapes(one) for one in given]
    for path, found in zip(paths, shapes, strict=True):
        if found != shapes[0]:
            raise UsageError(
                f"{path}: has shape {_show(found)} and {paths[0]} has {_show(shapes[0])}; inputs that are proved "
                "together have one shape."
            )
    if isinstance(given[0], dict):
        return {name: np.stack([one[name] for one in given if isinstance(one, dict)]) for name in given[0]}
    return np.stack([one for one in given if not isinstance(one, dict)])


def _shapes(given: Given) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in given.items()} if isinstance(given, dict) else {"": given.shape}


def _show(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {show(shape)}" if name else show(shape) for name, shape in shapes.items())


def _read_npy(raw: bytes, path: Path) -> Array:
    file = io.BytesIO(raw)
    try:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran_order, dtype = read_header(file)
    except (ValueError, KeyError, SyntaxError, TokenError):
        # numpy takes a header that does not parse for one of Python 2, and tokenizes it.
        # Its text quotes what stands where a header should, and that may be the data.
        raise UsageError(f"{path}: not a .npy file of version 1 or 2; write it with numpy.save.") from None
    if dtype.kind not in "biuf":
        raise UsageError(f"{path}: holds {dtype}, not real numbers; save integers or floats.")
    if not 0 < len(shape) <= MAX_AXES or any(size < 0 for size in shape):
        raise UsageError(f"{path}: shape {show(shape)} is not one of 1 to {MAX_AXES} axes; reshape the array.")
    # Sizes are compared with the bytes there are before memory is taken.
    expected, actual = math.prod(shape) * dtype.itemsize, len(raw) - file.tell()
    if expected != actual or expected == 0:
        raise UsageError(
            f"{path}: shape {show(shape)} of {dtype} needs {expected} bytes, but {actual} follow the header."
        )
    flat = np.frombuffer(raw, dtype=np.uint8 if dtype.kind == "b" else dtype, offset=file.tell())
    if dtype.kind == "b":  # truth values are the integers 0 and 1
        flat = (flat != 0).astype(np.uint8)
    return _finite(flat.reshape(shape, order="F" if fortran_order else "C"), path)


def _read_json(raw: bytes, path: Path) -> Array:
    document = parse_json(raw, path)
    if isinstance(document, simdjson.Object):
        array = read_array(document, f"{path}")
        if raw.count(b"[") != OPENING_BRACKETS:
            array = read_array(document, f"{path}", entry_by_entry=True)
        return array
    if isinstance(document, simdjson.Array):
        return _nested(list(document.as_list()), path)
    raise UsageError(f'{path}: an input is nested lists of numbers, or {{"v":1,"dim":[..],"data":[..]}}.')


def _nested(lists: list[object], path: Path) -> Array:
    shape: list[int] = []
    first: object = lists
    while isinstance(first, list) and first and len(shape) < MAX_AXES:
        shape.append(len(first))
        first = first[0]
    entries: list[object] = [lists]
    for axis, size in enumerate(shape):
        rows = [row for row in entries if isinstance(row, list) and len(row) == size]
        if len(rows) != len(entries):
            raise UsageError(f"{path}: the lists {axis} level(s) deep are not all of length {size}; make them agree.")
        entries = list(chain.from_iterable(rows))
    if not all(type(entry) in (int, float) for entry in entries):
        raise UsageError(f"{path}: an entry {len(shape)} level(s) deep is not a number; nest lists of numbers evenly.")
    flat = np.array(entries)
    if flat.dtype.kind not in "iuf":
        raise UsageError(f"{path}: an integer does not fit 64 bits; use smaller ones.")
    return flat.reshape(shape)


def _finite(array: Array, path: Path) -> Array:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise UsageError(f"{path}: an entry is NaN or infinite; replace it by a number.")
    return array
