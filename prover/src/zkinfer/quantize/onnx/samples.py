"""From arrays to samples: what the network is given once, each input in its shape and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from zkinfer.frontend.onnx.integer_inputs import Range
from zkinfer.graph.graph import Array, Shape, show
from zkinfer.quantize.onnx.integers import integer_ranges
from zkinfer.quantize.onnx.ranges import Sample
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

RANDOM_SAMPLES = 8


@dataclass(frozen=True)
class Input:
    """An input of the network: its name, its shape with the batch axis, its numpy type."""

    name: str
    shape: Shape
    dtype: np.dtype[Any]


def inputs_of(model: ModelProto) -> list[Input]:
    """The inputs that a caller gives; every dimension is a number."""
    from onnx import helper

    constants = {tensor.name for tensor in model.graph.initializer}
    return [
        Input(
            value.name,
            tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim),
            helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type),
        )
        for value in model.graph.input
        if value.name not in constants
    ]


def samples_of(files: Sequence[tuple[str, Mapping[str, Array]]], inputs: Sequence[Input]) -> list[Sample]:
    """The samples in the files' arrays: one an array of an input's shape, several along a first axis.

    files: a name for messages, and arrays by input; the name is empty, or any, where the network has one input.
    Errors: UsageError that names the file and the input.
    """
    samples: list[Sample] = []
    for where, arrays in files:
        if len(inputs) == 1 and len(arrays) == 1:
            arrays = {inputs[0].name: next(iter(arrays.values()))}
        missing = [given.name for given in inputs if given.name not in arrays]
        if missing:
            raise UsageError(
                f"{where}: there is no array for input {missing[0]!r}; give an .npz file with one for each of "
                f"{', '.join(given.name for given in inputs)}."
            )
        columns = [_split(arrays[given.name], given, where) for given in inputs]
        if len({len(column) for column in columns}) > 1:
            counts = ", ".join(f"{len(column)} of {given.name}" for column, given in zip(columns, inputs, strict=True))
            raise UsageError(f"{where}: there are {counts}; every sample has one of each.")
        samples += [{given.name: x for given, x in zip(inputs, row, strict=True)} for row in zip(*columns, strict=True)]
    return samples


def _split(array: Array, given: Input, where: str) -> list[Array]:
    """The arrays of one sample each, in the input's shape and type."""
    shape = given.shape
    batches = shape[0] if shape else 1
    if array.shape == shape or array.shape == shape[1:]:
        parts = [array.reshape(shape)] if prod(shape) == array.size else []
    elif array.ndim == len(shape) and array.shape[1:] == shape[1:] and array.shape[0] % batches == 0:
        parts = list(array.reshape(-1, *shape))
    elif array.ndim == len(shape) + 1 and array.shape[1:] == shape:
        parts = list(array)
    else:
        parts = []
    if not parts:
        raise UsageError(
            f"{where}: has shape {show(array.shape)}, input {given.name!r} has {show(shape)}; give arrays of this "
            "shape, or several of them along a first axis."
        )
    return [_typed(part, given, where) for part in parts]


def _typed(array: Array, given: Input, where: str) -> Array:
    if given.dtype.kind in "biu" and not np.array_equal(array, np.rint(array)):
        raise UsageError(f"{where}: input {given.name!r} takes integers; save whole numbers.")
    return np.ascontiguousarray(array, dtype=given.dtype)


def random_samples(model: ModelProto, integers: Mapping[str, Range] | None = None) -> list[Sample]:
    """Samples that say nothing about real data: normal numbers, and integers of what each input may hold.

    integers: ranges that the caller declares. Errors: UsageError for a declaration that fits no input.
    """
    ranges, rng = integer_ranges(model, integers or {})[0], np.random.default_rng(0)
    return [
        {given.name: _random(given, ranges.get(given.name), rng) for given in inputs_of(model)}
        for _ in range(RANDOM_SAMPLES)
    ]


def _random(given: Input, within: Range | None, rng: np.random.Generator) -> Array:
    drawn = rng.standard_normal(given.shape) if within is None else rng.integers(*within, given.shape, endpoint=True)
    return np.asarray(drawn, dtype=given.dtype)
