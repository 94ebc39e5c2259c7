"""The order of nodes: files may list them as they like, as long as there is an order in which they can be computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from onnx import NodeProto


def in_order(nodes: Sequence[NodeProto]) -> list[NodeProto]:
    """Return the nodes, each after those that it reads, otherwise as they stand; those of a cycle come last."""
    giver = {name: k for k, node in enumerate(nodes) for name in node.output if name}
    readers: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * len(nodes)
    for k, node in enumerate(nodes):
        for before in {giver[name] for name in _read(node) if name in giver}:
            readers[before].append(k)
            waiting[k] += 1
    ready = [k for k, count in enumerate(waiting) if not count]
    heapify(ready)  # the earliest first: what is in order stays as it is
    order: list[int] = []
    while ready:
        k = heappop(ready)
        order.append(k)
        for reader in readers[k]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, reader)
    return [nodes[k] for k in (*order, *(k for k, count in enumerate(waiting) if count))]


def _read(node: NodeProto) -> Iterable[str]:
    """Yield what a node reads, its branches too."""
    yield from node.input
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _read(inner)
