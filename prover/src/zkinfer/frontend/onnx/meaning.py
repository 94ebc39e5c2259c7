"""What a tensor of an ONNX model means in integers, while the model is translated.

    Real      real numbers that are held already:            scale * v
    Linear    real numbers that wait for a scale:            a sum of real weights times integers, and functions of it
    Joined    tensors that wait for one scale, one after the other along an axis
    Chosen    two tensors that wait for one scale, and which of them each entry is of
    Input     a caller's tensor, before anything is known of its codes

Integers are centred: v = code - zero point. So zero points appear where codes enter and leave, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, lcm, log2

import numpy as np

from zkinfer.graph.operator import Array, Shape
from zkinfer.network.operation import Operation
from zkinfer.network.piece import Piece
from zkinfer.network.rearrange import Reshape
from zkinfer_verify.errors import UsageError

WEIGHT_BITS = 30
"""Integers that stand for real weights stay under 2^30, in 32 bits."""
FINEST_BITS = WEIGHT_BITS - 10
"""And those of sums that are held as they are under 2^20."""
FEW_WEIGHTS = 8
MAX_SHIFT = 30
"""Two limbs of a table of 2^15 rows: for results of few codes a longer shift is not needed, and costs a third one."""
FEW_CODES = 1 << 12
MOST_SHIFT = 48
SUM_BITS = 58
"""For results of more codes shifts are longer, as far as sums stay under 2^58."""
OFFSET_BITS = 40
"""What is added to such sums stays under 2^40, though the weights be next to nothing beside it."""
EXACT_SHIFT = 16
"""Real weights that are integers after so short a shift are powers of two times integers, and lose nothing."""
MOST_DIVISOR = 1 << 10
"""Means of so many have ties often enough to show: they are divided exactly. Remainders take a table of their own."""
MOST_FRACTIONS = 64
"""Of more different weights nobody looks for a common divisor: those of a mean are few."""
MOST_SEEN = 1 << 20
"""Functions of more integers are not evaluated for each of them."""
HELD_BITS = 16
"""Functions of sums that the model does not quantise are held in as many bits, .."""
FINE_BITS = 22
"""functions of few codes, whose tables are short, .."""
WIDE_BITS = 26
"""and sums that are too wide to stay exact, or that are put on one scale; .."""
COMPARED_BITS = 20
"""fewer where entries are compared, or looked up, by tables as long as their range."""


@dataclass(frozen=True)
class Real:
    """Real numbers held as integers of a network's tensor: scale * v with lo <= v <= hi."""

    tensor: str
    shape: Shape
    lo: int
    hi: int
    scale: float
    zero_point: int = 0


@dataclass(frozen=True)
class Clamp:
    """min(max(x, lo), hi): commutes with rounding, so it is exact on codes of the result's own scale."""

    lo: float = -np.inf
    hi: float = np.inf

    def __call__(self, x: Array) -> Array:
        """Apply it."""
        return np.clip(x, self.lo, self.hi)

    def within(self, unit: float) -> bool:
        """Whether it clamps multiples of a unit at multiples of it."""
        return all(np.isinf(bound) or np.rint(bound / unit) * unit == bound for bound in (self.lo, self.hi))


Function = Callable[[Array], Array]
"""A function of real numbers, entry by entry, in float64."""


@dataclass(frozen=True)
class Fixed:
    """A fixed-point scale: an integer n stands for n * scale / (divisor * 2^shift).

    divisor: above 1 where it makes integers of all weights exactly; then shift is 0.
    """

    scale: float
    shift: int
    divisor: int = 1

    def integers(self, real: Array) -> Array:
        """Return the nearest integers, in the smallest type that holds them."""
        rounded = np.rint(np.asarray(real, dtype=np.float64) * (self.divisor * 2.0**self.shift / self.scale))
        peak = float(np.abs(rounded).max(initial=0))
        for kind in (np.int8, np.int16, np.int32, np.int64):
            if peak <= np.iinfo(kind).max:
                return rounded.astype(kind)
        raise UsageError(
            f"its numbers reach {float(np.abs(real).max(initial=0)):.3g}, too far for integers of the scale "
            f"{self.scale:.3g}; bound them where the float model has them, and quantise that: zkinfer quantize."
        )

    def integer(self, real: float) -> int:
        """Return the nearest integer of one number."""
        return int(self.integers(np.array(real)))


@dataclass(frozen=True)
class Linear:
    """real = f_n( .. f_1( sum of weights * integers + bias )).

    weights: the real numbers that `operation` makes integers of: it returns the operation that sums, for a fixed-point
    scale; it reads the network's tensors `inputs`. offsets: real numbers that it adds. after: operations that only
    rearrange the sums. rounded: they are rounded whatever the scale. longest: of shifts. room: a real number that
    integers on the way to the sums reach, in their units. name: of the node that gives it; shape: the result's.
    """

    name: str
    shape: Shape
    weights: tuple[Array, ...]
    operation: Callable[[Fixed], Operation]
    inputs: tuple[str, ...]
    offsets: tuple[Array, ...] = ()
    after: tuple[Operation, ...] = ()
    functions: tuple[Function, ...] = ()
    rounded: bool = False
    longest: int = MAX_SHIFT
    room: float = 0.0

    @property
    def is_product(self) -> bool:
        """Whether integers of two tensors are multiplied by each other."""
        return len(self.inputs) == 2 and self.weights[0].size == 1

    def then(self, function: Function) -> Linear:
        """Return a function of it."""
        return replace(self, functions=(*self.functions, function))

    def fixed(self, scale: float, longest: int) -> Fixed:
        """Return the fixed-point scale for results in units of `scale`: one that rounds no weight, if there is any.

        longest: the shift that it may have where weights are rounded.
        """
        units, offsets = (_flat(arrays) / scale for arrays in (self.weights, self.offsets))
        divisor = None if self.rounded else _common_divisor(np.concatenate([units, offsets]))
        if divisor is not None:
            return Fixed(scale, 0, divisor)
        peak = float(np.abs(units).max(initial=0))
        return Fixed(scale, max(0, min(longest, WEIGHT_BITS - ceil(log2(peak)))))

    def whole(self) -> Fixed | None:
        """Return an exact scale without a shift: the coarsest power of two that all weights are multiples of.

        None if there is none that keeps integers small: whole numbers may take all their bits, fractions fewer.
        """
        everything = _flat((*self.weights, *self.offsets))
        peak = float(np.abs(_flat(self.weights)).max(initial=0))
        for shift in range(0 if self.rounded else EXACT_SHIFT + 1):
            shifted = everything * 2.0**shift
            if np.array_equal(shifted, np.rint(shifted)):
                small = peak * 2.0**shift < 2.0 ** (FINEST_BITS if shift else WEIGHT_BITS)
                return Fixed(2.0**-shift, 0) if small else None
        return None

    def finest(self) -> Fixed:
        """Return a scale without a shift in which the weights are nearly exact: for sums that are held as they are."""
        whole = self.whole()
        if whole is not None:
            return whole
        magnitudes = np.unique(np.abs(_flat(self.weights)))
        if len(magnitudes) == 1 and magnitudes[0] and not self.offsets and not self.rounded:
            return Fixed(float(magnitudes[0]), 0)
        bits = FINEST_BITS
        if 1 < len(magnitudes) <= FEW_WEIGHTS and magnitudes[0]:
            # Tensors of several scales are added: the finest one's factor keeps its bits too.
            bits = min(WEIGHT_BITS - 1, bits + ceil(log2(magnitudes[-1] / magnitudes[0])))
        far = float(np.abs(_flat(self.offsets)).max(initial=0)) / 2.0**OFFSET_BITS
        return Fixed(max((float(magnitudes.max(initial=0)) or 1.0) / 2.0**bits, far), 0)


@dataclass(frozen=True)
class Mapped:
    """Functions of real numbers that are held: exact tables of their integers, once the result's scale is known."""

    real: Real
    functions: tuple[Function, ...]

    @property
    def shape(self) -> Shape:
        """The shape."""
        return self.real.shape

    def then(self, function: Function) -> Mapped:
        """Return a function of it."""
        return replace(self, functions=(*self.functions, function))

    def values(self) -> Array:
        """Return the real results for every integer from lo to hi."""
        return composed(self.functions, self.real.scale * np.arange(self.real.lo, self.real.hi + 1, dtype=np.float64))

    def whole(self) -> bool:
        """Whether the results are whole numbers, and few enough to be seen so."""
        if self.real.hi - self.real.lo >= MOST_SEEN:
            return False
        values = self.values()
        return np.array_equal(values, np.rint(values)) and float(np.abs(values).max()) < 2.0**WEIGHT_BITS


@dataclass(frozen=True)
class Joined:
    """Real numbers of several tensors, one after the other along an axis; those of constants are arrays.

    after: operations on all of them together that commute with rounding, though not with every function.
    """

    name: str
    shape: Shape
    axis: int
    parts: tuple[Real | Linear | Mapped | Joined | Array, ...]
    after: tuple[Operation, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether what comes after only moves entries, so that it commutes with every function."""
        return all(isinstance(op, Piece | Reshape) for op in self.after)

    def then(self, function: Function) -> Joined:
        """Return a function of what is joined, if nothing but movements comes after."""
        return replace(self, parts=tuple(_then(part, function) for part in self.parts))


def _then(part: Real | Linear | Mapped | Joined | Array, function: Function) -> Linear | Mapped | Joined | Array:
    if isinstance(part, np.ndarray):
        return composed((function,), part)
    return Mapped(part, (function,)) if isinstance(part, Real) else part.then(function)


@dataclass(frozen=True, kw_only=True)
class Chosen(Joined):
    """Of two parts the first one's entry where the condition is 1, and the second one's where it is 0.

    condition: hidden integers 0 and 1, or constants; it and the parts are stretched to the shape. axis says nothing.
    """

    condition: Real | Array


@dataclass(frozen=True)
class Input:
    """A caller's tensor that nothing is known of; kind: its type, as numpy names it; after: how it is rearranged."""

    name: str
    shape: Shape
    kind: str
    after: tuple[Operation, ...] = ()


Meaning = Real | Linear | Mapped | Joined | Input


def composed(functions: Sequence[Function], x: Array) -> Array:
    """Apply functions one after the other."""
    with np.errstate(all="ignore"):
        for function in functions:
            x = function(x)
    return x


def _flat(arrays: Sequence[Array]) -> Array:
    return np.concatenate([np.zeros(0), *(np.ravel(np.asarray(array, dtype=np.float64)) for array in arrays)])


def _common_divisor(numbers: Array) -> int | None:
    """Return a divisor d for which d times every number is an integer: a power of two, or what a mean divides by."""
    for shift in range(EXACT_SHIFT + 1):
        shifted = numbers * 2.0**shift
        if np.array_equal(shifted, np.rint(shifted)):
            return 1 << shift
    distinct = np.unique(numbers)
    if len(distinct) > MOST_FRACTIONS or not np.isfinite(distinct).all():
        return None
    fractions = [Fraction(number).limit_denominator(MOST_DIVISOR) for number in distinct.tolist()]
    divisor = lcm(*(fraction.denominator for fraction in fractions))
    close = np.allclose(distinct, [float(fraction) for fraction in fractions], rtol=2.0**-50, atol=0.0)
    small = float(np.abs(distinct).max(initial=0)) * divisor < 2.0**WEIGHT_BITS
    return divisor if close and small and divisor <= MOST_DIVISOR else None


def clamp_of(functions: Sequence[Function]) -> Clamp | None:
    """Return the clamp that functions are together, if they are clamps."""
    lo, hi = -np.inf, np.inf
    for function in functions:
        if not isinstance(function, Clamp):
            return None
        lo, hi = (min(max(bound, function.lo), function.hi) for bound in (lo, hi))
    return Clamp(lo, hi)
