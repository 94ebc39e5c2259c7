"""The order of nodes: files may list them as they like, as long as there is an order in which they can be computed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from onnx import NodeProto


def in_order(nodes: Sequence[NodeProto]) -> list[NodeProto]:
    """Return the nodes, each after those that it reads; the others keep their places. Nodes of a cycle come last."""
    giver = {name: k for k, node in enumerate(nodes) for name in node.output if name}
    readers: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * len(nodes)
    for k, node in enumerate(nodes):
        for before in {giver[name] for name in _read(node) if name in giver}:
            readers[before].append(k)
            waiting[k] += 1
    ready = deque(k for k, count in enumerate(waiting) if not count)
    out: list[int] = []
    while ready:
        k = ready.popleft()
        out.append(k)
        for reader in readers[k]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if out == sorted(out):
        return list(nodes)
    return [nodes[k] for k in (*out, *sorted(set(range(len(nodes))) - set(out)))]


def _read(node: NodeProto) -> Iterable[str]:
    """Yield what a node reads, its branches too."""
    yield from node.input
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _read(inner)
