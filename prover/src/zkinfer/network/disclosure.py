"""What everyone sees of a network: inputs that are public, outputs that are hidden, labels shown in place of scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from zkinfer.network.label import is_label, labelled
from zkinfer.network.network import Network, Port
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.statement import Statement

InputRange = tuple[int, int] | Mapping[str, tuple[int, int]] | None


@dataclass(frozen=True)
class Disclosure:
    """A choice of what is shown: by default every output, and no input.

    public_inputs, hidden_outputs: names; labels: (output, label) pairs: the label alone is shown of that output.
    """

    public_inputs: tuple[str, ...] = ()
    hidden_outputs: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    def applied(self, network: Network) -> Network:
        """Return the network that is proved: with labels, and without what only hidden outputs need.

        Errors: UsageError for names that the network does not have, and where no public output is left.
        """
        if self == ALL_SHOWN:
            return network
        _require_known("input", self.public_inputs, network.inputs)
        _require_known("output", self.hidden_outputs, network.outputs)
        _require_known("output", [name for name, _ in self.labels], network.outputs)
        inputs = tuple(replace(port, public=port.name in self.public_inputs) for port in network.inputs)
        hidden = {*self.hidden_outputs, *(name for name, _ in self.labels)}
        shown = [port for port in network.outputs if port.public and port.name not in hidden]
        nodes = list(network.nodes)
        for port in network.outputs:
            for name, label in self.labels:
                if name == port.name:
                    added, told = labelled(port, label, network.specs)
                    nodes += added
                    shown.append(told)
        if not shown:
            raise UsageError("Every output is hidden: there is nothing to prove; show one of them, or a label of it.")
        names = [port.name for port in (*inputs, *shown)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"{twice!r} would be shown twice; choose one label of it, or rename the output.")
        return Network(inputs, tuple(nodes), tuple(shown)).pruned()

    @staticmethod
    def stated(network: Network, statement: Statement) -> Disclosure:
        """Return what a statement shows of a network; names that the network does not have say nothing."""
        told = {output.name for output in statement.outputs}
        labels = [
            (port.name, name.removeprefix(f"{port.name}."))
            for port in network.outputs
            for name in sorted(told)
            if name.startswith(f"{port.name}.") and is_label(name.removeprefix(f"{port.name}."))
        ]
        labels = [(name, label) for name, label in labels if f"{name}.{label}" not in _names(network.outputs)]
        hidden = tuple(port.name for port in network.outputs if port.name not in told)
        if len(hidden) == len(network.outputs) and not labels:
            return ALL_SHOWN
        public = tuple(port.name for port in network.inputs if port.name in told)
        return Disclosure(public, hidden, tuple(labels))


ALL_SHOWN = Disclosure()


def _names(ports: Iterable[Port]) -> set[str]:
    return {port.name for port in ports}


def _require_known(what: str, names: Iterable[str], ports: Iterable[Port]) -> None:
    """Check names against ports.

    Errors: UsageError naming what there is.
    """
    known = [port.name for port in ports]
    for name in names:
        if name not in known:
            raise UsageError(f"The network has no {what} {name!r}; it has {', '.join(map(repr, known))}.")
