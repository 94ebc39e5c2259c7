"""FullyConnected: a matrix times the input, plus a bias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Array, Operator, Shape, check_numbers, check_rank, same_array, show
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True, eq=False)
class FullyConnected(Operator):
    """out[o] = bias[o] + sum_i weights[o, i] * x[i].

    Shapes: x (in,), weights (out, in), bias (out,).
    """

    layer_type: ClassVar[str] = "fully_connected"
    short_name: ClassVar[str] = "full"

    weights: Array
    bias: Array | None = None

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """(out,)."""
        check_rank(shape, 1, "one axis", where)
        check_numbers(self.weights, "weights", 2, where)
        out, size = self.weights.shape
        if shape != (size,):
            raise UsageError(
                f"{where}: weights {show(self.weights.shape)} take {size} inputs, but {shape[0]} arrive; "
                "the weights' axes are (out, in)."
            )
        if self.bias is not None:
            check_numbers(self.bias, "biases", 1, where)
            if self.bias.shape != (out,):
                raise UsageError(f"{where}: {out} rows of weights need {out} biases, got {show(self.bias.shape)}.")
        return (out,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FullyConnected):
            return NotImplemented
        return same_array(self.weights, other.weights) and same_array(self.bias, other.bias)

    __hash__ = None  # type: ignore[assignment]  # equal by value, and arrays can change
