"""The translator: what the model's tensors mean in integers so far, and the network that grows as families add to it.

Real numbers get integers where the model quantises them: QuantizeLinear gives a scale to what its input means, and the
linear operation behind it is built for that scale, with rounding, activation and clamp in one lookup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import ceil, floor, log2, prod

import numpy as np

from zkinfer.frontend.onnx.ahead import codes_ahead
from zkinfer.frontend.onnx.evaluate import evaluate
from zkinfer.frontend.onnx.holding import coded, held
from zkinfer.frontend.onnx.integer_inputs import INTEGERS
from zkinfer.frontend.onnx.joining import joined
from zkinfer.frontend.onnx.meaning import (
    FEW_CODES,
    MOST_SEEN,
    MOST_SHIFT,
    SUM_BITS,
    Clamp,
    Fixed,
    Function,
    Input,
    Joined,
    Linear,
    Mapped,
    Meaning,
    Real,
    clamp_of,
    composed,
)
from zkinfer.frontend.onnx.model import OnnxModel, OnnxNode, Unsupported
from zkinfer.frontend.onnx.rounding import codes_of
from zkinfer.graph.operator import Array
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.network import Node, Port
from zkinfer.network.operation import Operation, Spec
from zkinfer.network.rescale import Rescale
from zkinfer.network.saturate import Saturate
from zkinfer_verify.errors import UsageError

QUANTISE = "quantise the model first: zkinfer quantize"
QUANTISE_INPUT = (
    "put a QuantizeLinear and a DequantizeLinear node behind that input, or quantise the float model: zkinfer quantize"
)
LARGEST = 1 << 62
"""Integers stay below what int64 and the field hold."""
GUARD_BITS = 9
"""What a weight is rounded by is at most 2^-10 of a code, where it multiplies the largest integer."""
QUOTIENT_BITS = 6
"""Of quotients, what is rounded off is at most 2^-6 of a code."""
MAX_TABLE_BITS = 16
FINER = 16
"""A function of a sum is looked up at steps of at most a sixteenth of its result's scale, where the table allows it."""
MOST_LOOKED_UP = 1 << 17
"""Quotients that a table takes: more are clamped by relations, since a row of a table costs as much as a lookup."""


class Translator:
    """What families use: the meaning of tensors by their names in the model, and the network that grows."""

    def __init__(self, model: OnnxModel) -> None:
        self.model = model
        self.constants = dict(model.constants)
        self.ports: list[Port] = []
        self.nodes: list[Node] = []
        self.specs: dict[str, Spec] = {}
        self.meanings: dict[str, Meaning] = {}
        self.displayed: set[str] = set()
        self.inverses: dict[str, Real] = {}
        self.floating: set[str] = set()
        self.narrowed: dict[tuple[str, int], Real] = {}
        self.integers = {name for name, kind in model.types.items() if kind in INTEGERS}
        for name in model.inputs:
            self.meanings[name] = Input(name, model.shapes[name], model.types[name])

    # What a node reads.

    def constant(self, node: OnnxNode, index: int) -> Array | None:
        """Return a constant input, or None where the network computes it or it is left out."""
        return self.constants.get(node.input(index))

    def required(self, node: OnnxNode, index: int, what: str) -> Array:
        """Return a constant input.

        Errors: Unsupported where the network computes it.
        """
        if node.input(index) not in self.constants:
            raise Unsupported(node, f"its {what} are computed by the network", "export it with constant ones")
        return self.constants[node.input(index)]

    def meaning(self, node: OnnxNode, index: int = 0) -> Meaning:
        """Return what an input means.

        Errors: Unsupported where it is a constant, or comes from a node that is not supported.
        """
        name = node.input(index)
        if name not in self.meanings:
            raise Unsupported(
                node, f"its input {name!r} is not computed by a supported node", "see the nodes before it"
            )
        return self.meanings[name]

    def real(self, node: OnnxNode, index: int = 0) -> Real:
        """Return an input as real numbers held in integers; what waits for a scale gets a fine one."""
        name = node.input(index)
        meaning = self.meaning(node, index)
        if isinstance(meaning, Input):
            codes = codes_ahead(self, meaning)
            if codes is None:
                raise self.unquantised(node, f"its input {name!r}")
            return codes
        if not isinstance(meaning, Real):
            meaning = self.meanings[name] = self.held(node, meaning)
        return meaning

    def unquantised(self, node: OnnxNode, what: str) -> Unsupported:
        """Say of a node that it reads a caller's real numbers, in a model that is quantised elsewhere or not."""
        if any(other.op_type.endswith("QuantizeLinear") for other in self.model.nodes):
            reason = f"{what} enters in float, though the model quantises others"
            return Unsupported(node, reason, QUANTISE_INPUT)
        return Unsupported(node, f"{what} is not quantised", QUANTISE)

    def held(self, node: OnnxNode, meaning: Linear | Mapped | Joined) -> Real:
        """Give a scale to what the model does not quantise."""
        return held(self, node, meaning)

    def coded(self, node: OnnxNode, meaning: Meaning) -> Real:
        """Give 16 bits to what the model does not quantise, whatever it is, and more to a function of few codes."""
        return coded(self, node, meaning)

    def sum_of(self, linear: Linear, fixed: Fixed) -> str:
        """Add a sum to the network, without its functions."""
        tensor = self.add(linear.name, linear.operation(fixed), linear.inputs)
        for op in linear.after:
            tensor = self.add(linear.name, op, [tensor])
        return tensor

    def bounds(self, linear: Linear) -> tuple[float, float]:
        """Return the least and the largest real number that a sum can be."""
        fixed = linear.finest()
        spec = linear.operation(fixed).spec([self.specs[name] for name in linear.inputs], linear.name)
        return spec.lo * fixed.scale, spec.hi * fixed.scale

    # What a node gives.

    def give(self, node: OnnxNode, meaning: Meaning, index: int = 0) -> None:
        """Say what a node's output means."""
        self.meanings[node.outputs[index]] = meaning

    def fold(self, node: OnnxNode, values: Array, index: int = 0) -> None:
        """Say that a node's output is a constant."""
        self.constants[node.outputs[index]] = values

    def computed(self, node: OnnxNode) -> bool:
        """Compute a node that reads constants alone, dequantised ones among them; returns whether it does."""
        read = {name: self.constants[name] for name in node.inputs if name in self.constants}
        if node.op_type == "DequantizeLinear" or not read or set(read) != {name for name in node.inputs if name}:
            return False
        values = evaluate(node, read, self.model.opset)
        for name, value in zip(node.outputs, values or (), strict=False):
            self.constants[name] = value
        return values is not None

    def map(self, node: OnnxNode, function: Function) -> None:
        """Give a function of the first input, entry by entry."""
        meaning = self.meaning(node)
        if isinstance(meaning, Real) and meaning.tensor in self.inverses and _keeps(function, meaning.scale):
            self.give(node, meaning)
            return
        held = isinstance(meaning, Linear) and not isinstance(function, Clamp) and node.outputs[0] in self.integers
        if isinstance(meaning, Input) or (isinstance(meaning, Joined) and not meaning.moves) or held:
            meaning = self.real(node)
        if isinstance(meaning, Linear) and not isinstance(function, Clamp):
            meaning = self.of_codes(node, meaning) or meaning
        if isinstance(meaning, Real) and meaning.hi - meaning.lo >= MOST_SEEN:
            meaning = self.linear_of(meaning)
        self.give(node, Mapped(meaning, (function,)) if isinstance(meaning, Real) else meaning.then(function))

    def of_codes(self, node: OnnxNode, linear: Linear) -> Mapped | None:
        """Return a multiple of one tensor's codes, and a number added, as a function of them; None for other sums.

        A table of the codes is exact, where one of the multiples in steps is not.
        """
        numbers = all(part.size == 1 for part in (*linear.weights, *linear.offsets))
        if len(linear.inputs) > 1 or not numbers or linear.rounded:
            return None
        spec, op = self.specs[linear.inputs[0]], linear.operation(linear.finest())
        if spec.hi - spec.lo >= 1 << MAX_TABLE_BITS or not isinstance(op, Combine):
            return None
        real = self.as_real(linear.inputs[0], 1.0)
        for moved in linear.after:
            real = self.with_op(node, moved, real)
        if real.shape != linear.shape:
            return None
        factor, offset = (sum(float(part.sum()) for part in parts) for parts in (linear.weights, linear.offsets))
        return Mapped(real, (partial(_affine, factor=factor, offset=offset), *linear.functions))

    def add(self, name: str, op: Operation, inputs: Sequence[str]) -> str:
        """Add an operation to the network; returns its tensor's name, made of `name`.

        Errors: UsageError for inputs that do not fit, and for integers that could grow too large.
        """
        base = name.replace(".", "_").strip("/") or op.kind
        unique, count = base, 1
        while unique in self.specs:
            count += 1
            unique = f"{base}#{count}"
        node = Node(unique, op, tuple(inputs))
        spec = op.spec([self.specs[tensor] for tensor in inputs], node.where)
        if spec.peak >= LARGEST:
            raise UsageError(
                f"{node.where}: its integers could reach 2^{spec.peak.bit_length() - 1}; quantise what it reads."
            )
        self.specs[unique] = spec
        self.nodes.append(node)
        return unique

    def as_real(self, tensor: str, scale: float) -> Real:
        """Return a tensor of the network as real numbers."""
        spec = self.specs[tensor]
        return Real(tensor, spec.shape, spec.lo, spec.hi, scale)

    def with_op(self, node: OnnxNode, op: Operation, x: Real, *others: Real, scale: float | None = None) -> Real:
        """Add an operation that keeps the scale, as a rule a movement; returns its output."""
        tensor = self.add(node.name, op, [x.tensor, *(other.tensor for other in others)])
        return replace(self.as_real(tensor, x.scale if scale is None else scale), zero_point=x.zero_point)

    # Quantisation.

    def input_port(self, source: Input, scale: float, zero_point: int, lo: int, hi: int, *, quantised: bool) -> Real:
        """Make a caller's tensor an input of the network; lo, hi: its integers' range."""
        tensor = source.name.replace(".", "_")
        port = Port(source.name, tensor, self.model.shapes[source.name], lo, hi, scale, zero_point, quantised)
        known = next((other for other in self.ports if other.name == source.name), None)
        if known is None:
            self.ports.append(port)
            self.specs[tensor] = Spec(port.shape, lo, hi)
        elif known != port:
            raise UsageError(f"Input {source.name!r} is quantised in two ways; quantise it once.")
        for op in source.after:
            tensor = self.add(f"{source.name}/rearranged", op, [tensor])
        real = replace(self.as_real(tensor, scale), zero_point=zero_point)
        if not source.after:
            self.meanings[source.name] = real
        return real

    def quantised(self, node: OnnxNode, meaning: Meaning, scale: float, lo: int, hi: int) -> Real:
        """Return the integers nearest to real numbers in units of a scale, saturated at lo and hi."""
        match meaning:
            case Linear():
                alone = self.of_codes(node, meaning) if meaning.offsets else None
                if alone is not None and alone.real.hi - alone.real.lo < FEW_CODES:
                    return self._looked_up(node, alone.real, alone.values(), scale, lo, hi)
                return self._rescaled(node, meaning, scale, lo, hi)
            case Joined():
                return joined(self, node, meaning, scale, lo, hi)
            case Real() if meaning.scale == scale and lo <= meaning.lo and meaning.hi <= hi:
                return meaning
            case Real() | Mapped():
                mapped = meaning if isinstance(meaning, Mapped) else Mapped(meaning, ())
                real, fine = mapped.real, hi - lo >= FEW_CODES
                wide = real.hi - real.lo >= (FEW_CODES if fine and real.scale != scale else 1 << MAX_TABLE_BITS)
                if wide and clamp_of(mapped.functions) is not None:
                    # From many codes to many others a table would have as many runs, which the verifier goes through.
                    linear = replace(self.linear_of(real), functions=mapped.functions)
                    return self._rescaled(node, linear, scale, lo, hi)
                return self._looked_up(node, real, mapped.values(), scale, lo, hi)
        raise self.unquantised(node, "its input")

    def linear_of(self, real: Real) -> Linear:
        """Return real numbers that are held as a sum of one term."""

        return Linear(
            f"{real.tensor}/scaled",
            real.shape,
            (np.array(real.scale),),
            lambda fixed: Combine((fixed.integer(real.scale),)),
            (real.tensor,),
        )

    def _looked_up(self, node: OnnxNode, real: Real, values: Array, scale: float, lo: int, hi: int) -> Real:
        """Look the result of every integer up: rounded to even as floating point does, saturated."""
        if real.hi - real.lo >= 1 << MAX_TABLE_BITS + 4:
            raise Unsupported(node, f"its input takes {real.hi - real.lo + 1} values", "quantise it to 16 bits")
        codes = codes_of(node, values, scale, lo, hi)
        tensor = self.add(node.name, Apply(real.lo, real.hi, codes), [real.tensor])
        return self.as_real(tensor, scale)

    def _rescaled(self, node: OnnxNode, linear: Linear, scale: float, lo: int, hi: int) -> Real:
        """Build a sum for a scale, and look up what its functions make of the quotient."""
        clamp = clamp_of(linear.functions)
        if clamp is not None:
            longest = self._longest(node, linear, scale, few=hi - lo < FEW_CODES)
            least, largest = (bound / scale for bound in self.bounds(linear))
            if hi - lo >= FEW_CODES and max(-lo, hi) << longest >= 1 << SUM_BITS:
                # Beside the longest shift there is no room for codes that nothing reaches.
                lo, hi = max(lo, min(hi, floor(least) - 1)), min(hi, max(lo, ceil(largest) + 1))
            fixed = linear.fixed(scale, longest)
            first, last = (int(b) for b in np.clip(np.rint(np.array([clamp.lo, clamp.hi]) / scale), lo, hi))
            total = self.sum_of(linear, fixed)
            clamped = Saturate(fixed.shift, first, last, fixed.divisor)
            reached = clamped.span(self.specs[total])
            looked_up = first == last or reached[1] - reached[0] < MOST_LOOKED_UP
            op = Rescale(fixed.shift, first, last, None, fixed.divisor) if looked_up else clamped
            return self.as_real(self.add(node.name, op, [total]), scale)
        # A function of the sum is looked up at steps that are finer than the result's, as far as a table goes.
        least, largest = self.bounds(linear)
        step = max((largest - least) / 2.0**MAX_TABLE_BITS, scale / FINER)
        fixed = linear.fixed(step, self._longest(node, linear, step, few=True))
        total = self.sum_of(linear, fixed)
        first, last = Rescale(fixed.shift, 0, 0, None, fixed.divisor).span(self.specs[total])
        steps = np.clip(step * np.arange(first, last + 1, dtype=np.float64), least, largest)
        values = composed(linear.functions, steps)
        op = Rescale(fixed.shift, first, last, codes_of(node, values, scale, lo, hi), fixed.divisor)
        return self.as_real(self.add(node.name, op, [total]), scale)

    def _longest(self, node: OnnxNode, linear: Linear, scale: float, *, few: bool) -> int:
        """Return the longest shift of a sum; where results are many codes, an error of 2^-10 of one shows."""
        if few and linear.rounded and not linear.room:
            return linear.longest
        peaks = [self.specs[name].peak for name in linear.inputs]
        multiplied = prod(peaks) if linear.is_product else max(peaks)
        needed = multiplied.bit_length() + GUARD_BITS if few and not linear.room else MOST_SHIFT
        reach = max(*map(abs, self.bounds(linear)), linear.room) / scale
        # Strictly under 2^SUM_BITS: what just reaches a power of two needs a limb more.
        fits = floor(SUM_BITS - log2(reach + 1.0))
        longest = min(needed, MOST_SHIFT, fits)
        if linear.room and longest < peaks[0].bit_length() + QUOTIENT_BITS:
            raise Unsupported(
                node, "its quotients range too far", "clip its divisor away from zero, or quantise to 8 bits"
            )
        return longest if linear.room else max(min(linear.longest, fits), longest)

    # The whole model.

    def outputs(self) -> tuple[Port, ...]:
        """Return the model's outputs, public."""
        ports = []
        for name, tensor in zip(self.model.output_names, self.model.outputs, strict=True):
            node = next((node for node in self.model.nodes if tensor in node.outputs), None)
            meaning = self.meanings.get(tensor)
            if node is None or meaning is None:  # a constant, of the file or computed from its codes
                raise UsageError(f"{self.model.path}: output {name!r} does not depend on the network's input.")
            if isinstance(meaning, Linear | Mapped | Joined):
                meaning = self.meanings[tensor] = self.held(node, meaning)
            if isinstance(meaning, Input):
                raise UsageError(f"{self.model.path}: output {name!r} is an input; there is nothing to prove about it.")
            spec = self.specs[meaning.tensor]
            real = self.model.types.get(tensor, "float32").startswith("float")
            port = Port(name, meaning.tensor, spec.shape, spec.lo, spec.hi, meaning.scale, meaning.zero_point, real)
            epilogue = "l2_normalize" if tensor in self.displayed else "none"
            ports.append(replace(port, public=True, epilogue=epilogue))
        return tuple(ports)


def _keeps(function: Function, unit: float) -> bool:
    """Whether a root, held to a unit, is only kept from zero, by less than that."""
    return isinstance(function, Clamp) and function.lo <= unit and np.isinf(function.hi)


def _affine(codes: Array, factor: float, offset: float) -> Array:
    """Round each step to float32, as runtimes do: where many results are ties, it is what decides them."""
    products = (factor * codes).astype(np.float32)
    return (products + np.float32(offset)).astype(np.float64)
