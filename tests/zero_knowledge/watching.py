"""Kernels that note what they are called with, and may raise at one call."""

from typing import Any, cast

import numpy as np

from zkinfer.kernels import native
from zkinfer.kernels.kernels import Kernels


class WatchedKernels:
    """The native kernels; calls: their names in order, shapes: the shapes of their arrays beside them."""

    def __init__(self, stop_at: int = 0, stop_with: BaseException | None = None) -> None:
        self.calls: list[str] = []
        self.shapes: list[tuple[Any, ...]] = []
        self._arrays: list[tuple[str, np.ndarray]] = []
        self._stop_at, self._stop_with = stop_at, stop_with

    def __getattr__(self, name: str) -> Any:
        kernel = getattr(native, name)

        def watched(*arguments: Any) -> Any:
            arrays = [value for value in arguments if isinstance(value, np.ndarray)]
            self.calls.append(name)
            self.shapes.append((name, *(array.shape for array in arrays)))
            self._arrays += [(name, array) for array in arrays]
            result = kernel(*arguments)
            if self._stop_with is not None and len(self.calls) == self._stop_at:
                raise self._stop_with
            return result

        return watched

    def arrays(self, name: str, dtype: Any = None) -> list[np.ndarray]:
        """Return the arrays that a kernel was given, of one type if it is named."""
        return [array for called, array in self._arrays if called == name and dtype in (None, array.dtype)]

    def as_kernels(self) -> Kernels:
        """Itself, as the type that the prover takes."""
        return cast(Kernels, self)
