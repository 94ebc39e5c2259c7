"""Graph -> Chain: fuse max-pooling with ReLU, commit sums between linear operators, leave normalize to display."""

from zkinfer.graph.convolution import Convolution
from zkinfer.graph.flatten import Flatten
from zkinfer.graph.fully_connected import FullyConnected
from zkinfer.graph.graph import Graph, Node
from zkinfer.graph.max_pool import MaxPool
from zkinfer.graph.normalize import Normalize
from zkinfer.graph.relu import Relu
from zkinfer.program.activation import ActivationStep
from zkinfer.program.convolution import ConvolutionStep
from zkinfer.program.fully_connected import FullyConnectedStep
from zkinfer.program.input import InputStep
from zkinfer.program.materialize import MaterializeStep
from zkinfer.program.output import OutputStep
from zkinfer.program.step import INPUT, Chain, Step
from zkinfer_verify.errors import UsageError


def program_of(graph: Graph, input_range: tuple[int, int]) -> Chain:
    """Turn an integer network into a program.

    Errors: UsageError naming the layer that cannot be proved yet, or that does not read the one before it.
    """
    _require_chain(graph)
    return _Translation(graph, input_range).run()


def _require_chain(graph: Graph) -> None:
    """A program is a chain: a branch would be dropped, and another network proved under this one's name."""
    tensor = graph.input
    for node in graph.nodes:
        if node.inputs != (tensor,):
            raise UsageError(
                f"Layer {node.name} ({node.op.layer_type}) reads {node.inputs[0]!r}, but the layer before it gives "
                f"{tensor!r}: only chains of layers can be proved yet."
            )
        tensor = node.output
    if graph.output != tensor:
        raise UsageError(
            f"The network's output is {graph.output!r}, but its last layer gives {tensor!r}: only chains of layers "
            "can be proved yet; drop the layers after the output."
        )


class _Translation:
    """Walks a chain of layers; `tensor` is the name of the current one, `pending` whether it is an uncommitted sum."""

    def __init__(self, graph: Graph, input_range: tuple[int, int]) -> None:
        self.graph, self.shapes, self.input_range = graph, graph.shapes(), input_range
        self.steps: list[Step] = [InputStep(graph.input_shape, *input_range)]
        self.tensor, self.pending, self.epilogue = INPUT, False, "none"

    def run(self) -> Chain:
        nodes = list(self.graph.nodes)
        at = 0
        while at < len(nodes):
            at += self._translate(nodes[at], nodes[at + 1] if at + 1 < len(nodes) else None)
        self.steps.append(OutputStep(self.tensor, self.epilogue))
        padded = any(isinstance(step, ConvolutionStep) and any(step.op.padding) for step in self.steps)
        return Chain(self.graph, tuple(self.steps), self.input_range, padded)

    def _translate(self, node: Node, following: Node | None) -> int:
        """Translate a layer, and the following one where they fuse; return how many layers were taken."""
        op, shape = node.op, self.shapes[node.inputs[0]]
        if isinstance(op, (Convolution, FullyConnected)):
            if self.pending:
                self._add(MaterializeStep(f"{self.tensor}.sums", self.tensor), pending=False)
            if isinstance(op, Convolution):
                out_shape = self.shapes[node.output]
                self._add(ConvolutionStep(node.name, self.tensor, op, _grid3(shape), _grid3(out_shape)), pending=True)
            else:
                self._add(FullyConnectedStep(node.name, self.tensor, op), pending=True)
        elif isinstance(op, (MaxPool, Relu)):
            return self._activation(node, following)
        elif isinstance(op, Normalize):
            if following is not None:
                raise UsageError(
                    f"Layer {node.name} (normalize) can only be the last layer: it is a display of the output."
                )
            self.epilogue = "l2_normalize"
        elif not isinstance(op, Flatten):
            raise UsageError(f"Layer {node.name} ({op.layer_type}) cannot be proved yet.")
        return 1

    def _activation(self, node: Node, following: Node | None) -> int:
        shape = self.shapes[node.inputs[0]]
        grid = (shape[0], shape[1]) if len(shape) == 3 else None
        fused = following is not None and {type(node.op), type(following.op)} == {MaxPool, Relu}
        pool = node.op if isinstance(node.op, MaxPool) else following.op if fused and following else None
        window = pool.window if isinstance(pool, MaxPool) else None
        relu = fused or isinstance(node.op, Relu)
        self._add(ActivationStep(node.name, self.tensor, grid, window, relu), pending=False)
        return 2 if fused else 1

    def _add(self, step: Step, *, pending: bool) -> None:
        self.steps.append(step)
        self.tensor, self.pending = step.name, pending


def _grid3(shape: tuple[int, ...]) -> tuple[int, int, int]:
    height, width, channels = shape
    return height, width, channels
