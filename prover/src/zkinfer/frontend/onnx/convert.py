"""Older models in newer operators: onnx's converter, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

NEW_RESIZE = 11
"""The opset since which Resize says where its results lie; before, it was from the first entry on, rounded down."""
OLD_RESIZE = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}


def converted(model: ModelProto, version: int, opset: int) -> ModelProto:
    """Return a model of opset `version` in a newer one.

    Errors: those of the converter.
    """
    from onnx import helper, version_converter

    if version < NEW_RESIZE <= opset:
        model = version_converter.convert_version(model, NEW_RESIZE)
        for node in _nodes(model.graph):
            if node.op_type == "Resize":
                # The converter leaves the attributes out, so that they would take the new defaults.
                node.attribute.extend(helper.make_attribute(name, value) for name, value in OLD_RESIZE.items())
    return version_converter.convert_version(model, opset)


def _nodes(graph: GraphProto) -> Iterable[NodeProto]:
    """Yield the nodes of a graph and of its branches."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)
