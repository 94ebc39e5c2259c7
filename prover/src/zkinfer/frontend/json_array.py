"""An array of the interchange format: {"v": 1, "dim": [sizes], "data": [numbers, flat, row-major]}."""

from __future__ import annotations

import math

import numpy as np
import simdjson
from numpy.typing import NDArray

from zkinfer.frontend.json_text import Lists, members, sizes
from zkinfer.graph.graph import Array, show
from zkinfer_verify.errors import UsageError

OPENING_BRACKETS = 2  # that an array costs in the text: those of dim and data


def read_array(
    value: object,
    where: str,
    *,
    rank: int | None = None,
    entry_by_entry: bool = False,
    lists: Lists | None = None,
) -> Array:
    """The array as float64, of the shape `dim`; `rank` is the number of axes it must have.

    The numbers are copied once, from the parser's memory to the array's. Lists *inside* data would be read as if they
    were flat: whoever holds the text compares its opening brackets with those expected, and if they differ calls
    again with `entry_by_entry`, which finds the place slowly. Numbers read before are taken out of `lists`, by the key
    that stands for them.
    Errors: UsageError that starts with `where`. Sizes are compared with the numbers there are before memory is taken.
    """
    fields = members(value, ("v", "dim", "data"), (), where)
    if type(fields["v"]) is not int or fields["v"] != 1:
        raise UsageError(f'{where}: "v" must be 1, the only version of an array known here.')
    dim = sizes(fields["dim"], f'{where}: "dim"')
    if rank is not None and len(dim) != rank:
        raise UsageError(f'{where}: "dim" {show(dim)} has {len(dim)} axes, but {rank} are needed.')
    data = fields["data"]
    numbers = lists.pop(data, None) if lists is not None and isinstance(data, str) else None
    if numbers is None:
        numbers = _numbers(data, where, entry_by_entry)
    if math.prod(dim) != numbers.size:
        raise UsageError(f'{where}: "dim" {show(dim)} needs {math.prod(dim)} numbers, but "data" holds {numbers.size}.')
    return numbers.reshape(dim)


def _numbers(data: object, where: str, entry_by_entry: bool) -> NDArray[np.float64]:
    if not isinstance(data, simdjson.Array):
        raise UsageError(f'{where}: "data" must be a flat list of numbers.')
    if entry_by_entry:
        _check_entries(data, where)
    try:
        return np.frombuffer(data.as_buffer(of_type="d") if len(data) else b"", dtype=np.float64)
    except TypeError as error:
        _check_entries(data, where)
        raise UsageError(f'{where}: "data" must be a flat list of numbers.') from error


def array_fields(array: Array, where: str) -> dict[str, object]:
    """The same format to write, for orjson with OPT_SERIALIZE_NUMPY; every number becomes a float64.

    Errors: UsageError where a number is not finite or a float64 cannot hold it.
    """
    numbers = np.ascontiguousarray(array, dtype=np.float64).reshape(-1)
    # The sum of finite numbers may overflow, but a NaN or infinity never sums to a finite number.
    if array.dtype.kind == "f" and not np.isfinite(numbers.sum()) and not np.isfinite(numbers).all():
        raise UsageError(f"{where}: a number is not finite, and JSON has no NaN or infinity; replace it.")
    if array.dtype.kind != "f" and max(int(array.max()), -int(array.min())) >= 1 << 53:
        raise UsageError(f"{where}: an integer of 2^53 or more would be rounded; use smaller weights.")
    return {"v": 1, "dim": list(array.shape), "data": numbers}


def _check_entries(data: simdjson.Array, where: str) -> None:
    for i, entry in enumerate(data.as_list()):
        if type(entry) not in (int, float):
            raise UsageError(f'{where}: "data"[{i}] is not a number; "data" must be a flat list of numbers.')
