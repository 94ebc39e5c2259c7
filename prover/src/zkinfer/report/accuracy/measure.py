"""Run the float model, the quantised model and the proved integers on the same samples, and compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zkinfer.frontend.onnx.meaning import Real
from zkinfer.graph.operator import Array
from zkinfer.network.network import Network, Port
from zkinfer.network.operation import Integers, ignore
from zkinfer.program.from_network import NetworkProgram
from zkinfer.quantize.onnx.runtime import run_model
from zkinfer.report.accuracy.figures import Accuracy, Answers, Layer, Noise

if TYPE_CHECKING:
    from onnx import ModelProto

Sample = Mapping[str, Array]
Progress = Callable[[int], None]
FLOAT, QUANTISED, PROVED = "float", "quantised", "proved"
RENAMED = "_QuantizeLinear_Input"


@dataclass(frozen=True, eq=False)
class Compared:
    """The three: a network with what the quantised model's tensors are in it, that model, and the float one, if any."""

    network: Network
    tensors: Mapping[str, Real]
    quantised: ModelProto
    original: ModelProto | None = None

    @cached_property
    def codes(self) -> dict[str, str]:
        """The model's name of each tensor of codes that an operation of the network gives, by the network's name."""
        given = {node.name for node in self.network.nodes}
        found: dict[str, str] = {}
        for node in self.quantised.graph.node:
            for name in node.output:
                real = self.tensors.get(name)
                if node.op_type == "QuantizeLinear" and real is not None and real.tensor in given:
                    found.setdefault(real.tensor, name)
        return {node.name: found[node.name] for node in self.network.nodes if node.name in found}

    @cached_property
    def real_names(self) -> dict[str, str]:
        """What the real numbers behind codes are called, by the codes' name; the quantiser renames those of outputs."""
        return {
            node.output[0]: node.input[0].removesuffix(RENAMED)
            for node in self.quantised.graph.node
            if node.op_type == "QuantizeLinear"
        }

    def layers(self, samples: Sequence[Sample], progress: Progress) -> tuple[Layer, ...]:
        """Compare every tensor of codes on some samples."""
        names = list(self.codes.values())
        theirs = _with_outputs(self.quantised, names)
        counterparts = self._counterparts()
        original = None if self.original is None else _with_outputs(self.original, sorted(set(counterparts.values())))
        layers = {
            tensor: Layer(self.real_names.get(name, name), self.tensors[name].shape, self.tensors[name].scale)
            for tensor, name in self.codes.items()
        }
        for sample in samples:
            expected = theirs(sample)
            floats = {} if original is None else original(sample)
            self._compare(layers, sample, expected, {t: floats[c] for t, c in counterparts.items() if c in floats})
            progress(1)
        return tuple(layers.values())

    def _compare(
        self,
        layers: Mapping[str, Layer],
        sample: Sample,
        expected: Mapping[str, Array],
        floats: Mapping[str, Array],
    ) -> None:
        """Run every operation twice: on its own network's integers, and on onnxruntime's codes."""
        (inputs,) = NetworkProgram(self.network).read(sample, 1)
        whole, alone = dict(inputs), dict(inputs)
        for node in self.network.nodes:
            ours = node.op.execute([whole[name] for name in node.inputs], ignore)
            given = node.op.execute([alone[name] for name in node.inputs], ignore)
            whole[node.name] = ours
            if node.name in layers:
                layer, real = layers[node.name], self.tensors[self.codes[node.name]]
                right = expected[self.codes[node.name]].astype(np.int64).reshape(ours.shape) - real.zero_point
                layer.alone.add(right, given)
                layer.whole.add(right, ours)
                given = right
                if node.name in floats and floats[node.name].size == ours.size:
                    layer.against_float = layer.against_float or Noise()
                    layer.against_float.add(_rectified(floats[node.name].reshape(ours.shape), real), real.scale * ours)
            alone[node.name] = given

    def _counterparts(self) -> dict[str, str]:
        """The float model's names of tensors, by the network's, where they have names in common."""
        if self.original is None:
            return {}
        there = {name for node in self.original.graph.node for name in node.output}
        found = {tensor: self.real_names.get(name, name) for tensor, name in self.codes.items()}
        return {tensor: name for tensor, name in found.items() if name in there}

    def answers(self, samples: Sequence[Sample], labels: Sequence[int] | None, progress: Progress) -> list[Answers]:
        """Compare the outputs on all samples, with the quantised model as onnxruntime runs it by default.

        labels: the index of the right entry of the first output.
        """
        program = NetworkProgram(self.network)
        theirs = run_model(self.quantised, optimise="all")
        original = None if self.original is None else run_model(self.original)
        found = [Answers(port.name) for port in self.network.outputs]
        for number, sample in enumerate(samples):
            (inputs,) = program.read(sample, 1)
            tensors = self.network.run(inputs)
            quantised = theirs(sample)
            floats = None if original is None else original(sample)
            for k, (port, answers) in enumerate(zip(self.network.outputs, found, strict=True)):
                label = None if labels is None or k else labels[number]
                _count(answers, port, tensors[port.tensor], quantised[k], None if floats is None else floats[k], label)
            progress(1)
        return found


def measure(
    compared: Compared,
    samples: Sequence[Sample],
    labels: Sequence[int] | None,
    layer_samples: int,
    step: Callable[[str, int], AbstractContextManager[Progress]],
) -> Accuracy:
    """Compare layers on the first samples, and outputs on all of them."""
    first = samples[:layer_samples]
    with step("layers", len(first)) as progress:
        layers = compared.layers(first, progress)
    with step("outputs", len(samples)) as progress:
        outputs = compared.answers(samples, labels, progress)
    return Accuracy(layers, tuple(outputs))


def _count(
    answers: Answers, port: Port, integers: Integers, quantised: Array, original: Array | None, label: int | None
) -> None:
    """Count one output of one sample."""
    proved = port.scale * integers
    shown = quantised.reshape(integers.shape).astype(np.float64)
    codes = shown - port.offset if quantised.dtype.kind in "iub" else np.rint(shown / port.scale)
    answers.whole.add(codes.astype(np.int64), integers)
    largest = {QUANTISED: int(shown.argmax()), PROVED: int(integers.argmax())}
    if original is not None and original.size == integers.size:
        answers.against_float = answers.against_float or Noise()
        answers.against_float.add(original.reshape(integers.shape), proved)
        largest = {FLOAT: int(original.argmax()), **largest}
    answers.add(largest, label)


def _rectified(values: Array, real: Real) -> Array:
    """Return a float tensor as codes can hold it: codes that begin or end at zero are those of what is rectified."""
    if real.lo == 0:
        return np.maximum(values, 0.0)
    return values


def _with_outputs(model: ModelProto, names: Sequence[str]) -> Callable[[Sample], dict[str, Array]]:
    """Return the model as a function from a sample to tensors inside of it, by name."""
    from onnx import ModelProto, helper

    shown = ModelProto()
    shown.CopyFrom(model)
    del shown.graph.output[:]
    shown.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    if not names:
        return lambda sample: {}
    run = run_model(shown)
    return lambda sample: dict(zip(names, run(sample), strict=True))
