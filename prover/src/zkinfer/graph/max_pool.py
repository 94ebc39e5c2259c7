"""MaxPool: the largest entry of each window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zkinfer.graph.operator import Operator, Shape, check_rank
from zkinfer_verify.errors import UsageError


@dataclass(frozen=True)
class MaxPool(Operator):
    """Windows side by side, each replaced by its largest entry, channel by channel.

    out[i, j, c] = max_{a < h, b < w} x[i*h + a, j*w + b, c]
    """

    layer_type: ClassVar[str] = "max_pool"
    short_name: ClassVar[str] = "max_pool"

    window: tuple[int, int]

    def output_shape(self, shape: Shape, where: str) -> Shape:
        """(H / h, W / w, C); the window must divide height and width."""
        check_rank(shape, 3, "height, width and channels", where)
        h, w = self.window
        if h < 1 or w < 1:
            raise UsageError(f"{where}: the window {h}x{w} must be at least 1x1.")
        if shape[0] % h != 0 or shape[1] % w != 0:
            raise UsageError(
                f"{where}: the window {h}x{w} does not divide the input's {shape[0]}x{shape[1]}; "
                "choose a window that divides height and width."
            )
        return (shape[0] // h, shape[1] // w, shape[2])
