"""The import report: every node of an ONNX file, whether it can be proved, why not, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table

from zkinfer.frontend.onnx.model import OnnxModel, OnnxNode, Unsupported
from zkinfer.graph.graph import Shape, show
from zkinfer_verify.explain import printable

SUPPORTED, UNSUPPORTED, WAITING = "yes", "no", "waits"
SHOWN = 4
"""So many nodes of one problem are named."""


@dataclass(frozen=True)
class NodeRow:
    """One node. verdict: SUPPORTED, UNSUPPORTED, or WAITING for a node before it that is not supported.

    output_shape: of its first output, None if it depends on the data. reason, remedy: empty if it is supported.
    """

    name: str
    operator: str
    output_shape: Shape | None
    verdict: str
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class ImportReport:
    """The rows in the order of computation, and the model that they are of.

    failure: what keeps the model as a whole from being proved, where every node could be; or nothing.
    """

    model: OnnxModel
    rows: tuple[NodeRow, ...]
    failure: str = ""

    @property
    def is_supported(self) -> bool:
        """Whether the model can be proved."""
        return not self.failure and all(row.verdict == SUPPORTED for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes have each verdict."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in (SUPPORTED, UNSUPPORTED, WAITING)}

    @property
    def parameters(self) -> int:
        """How many entries the constants have."""
        return sum(array.size for array in self.model.constants.values())


def import_report(model: OnnxModel, problems: Sequence[Unsupported], failure: str = "") -> ImportReport:
    """Return a row for each node, given those that cannot be translated.

    A node that reads what such a node gives was not judged: it waits. A problem may be of a part of a node, whose name
    is the node's with more behind a slash.
    """
    names = {node.name for node in model.nodes}
    by_name: dict[str, Unsupported] = {}
    for problem in problems:
        name = problem.node.name
        while name and name not in names:
            name = name.rpartition("/")[0]
        by_name.setdefault(name, problem)
    culprits: dict[str, str] = {}  # tensor: the node that is to blame for it
    rows = []
    for node in model.nodes:
        blamed = next((culprits[name] for name in node.inputs if name in culprits), None)
        rows.append(_row(model, node, by_name.get(node.name), blamed))
        culprit = node.name if node.name in by_name else blamed
        if culprit is not None:
            culprits |= dict.fromkeys(node.outputs, culprit)
    return ImportReport(model, tuple(rows), failure)


def _row(model: OnnxModel, node: OnnxNode, problem: Unsupported | None, blamed: str | None) -> NodeRow:
    shape = next((model.shapes.get(name) for name in node.outputs if name), None)
    if problem is not None:
        return NodeRow(node.name, node.op_type, shape, UNSUPPORTED, problem.reason, problem.remedy)
    if blamed is not None:
        return NodeRow(node.name, node.op_type, shape, WAITING, f"it reads what {blamed} leads to", f"see {blamed}")
    return NodeRow(node.name, node.op_type, shape, SUPPORTED)


def report_table(report: ImportReport) -> RenderableType:
    """The report for people: the nodes, the problems, and the sums."""
    table = Table("node", "operator", "output shape", "supported", box=None, pad_edge=False)
    for row in report.rows:
        table.add_row(printable(row.name), printable(row.operator), _shown(row.output_shape), row.verdict)
    model = report.model
    ends = [("input ", name, name) for name in model.inputs]
    ends += [("output", name, tensor) for name, tensor in zip(model.output_names, model.outputs, strict=True)]
    ports = [
        f"{what}  {printable(name)}  {model.types.get(tensor, '?')}  {_shown(model.shapes.get(tensor))}"
        + (f"  in {model.ranges[tensor][0]}..{model.ranges[tensor][1]}" if tensor in model.ranges else "")
        for what, name, tensor in ends
    ]
    problems = [f"not supported: {line}" for line in _problems(report)]
    if report.failure:
        problems.append(f"not supported: {printable(report.failure)}")
    lines = [*ports, *(f"note: {printable(note)}" for note in model.notes), *problems, _summary(report)]
    return Group(table, "", *lines)


def _problems(report: ImportReport) -> list[str]:
    """A line for each operator, reason and remedy, with the nodes that have them."""
    nodes: dict[tuple[str, str, str], list[str]] = {}
    for row in report.rows:
        if row.verdict == UNSUPPORTED:
            nodes.setdefault((row.operator, row.reason, row.remedy), []).append(row.name)
    return [
        f"{printable(operator)} ({_named(names)}): {printable(reason)}; {printable(remedy)}."
        for (operator, reason, remedy), names in nodes.items()
    ]


def _named(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(printable, names[:SHOWN])) + more


def _summary(report: ImportReport) -> str:
    counts = report.counts
    sentence = f"{len(report.rows)} nodes, {report.parameters:,} parameters: "
    if counts[SUPPORTED] == len(report.rows):
        return sentence + ("all are supported." if report.is_supported else "each is supported, the whole is not.")
    # Those that wait have operators that some family translates; the others are not supported whatever they read.
    waiting = f", {counts[WAITING]} with known operators wait for these" if counts[WAITING] else ""
    return sentence + f"{counts[SUPPORTED]} are supported, {counts[UNSUPPORTED]} are not{waiting}."


def _shown(shape: Shape | None) -> str:
    return "?" if shape is None else show(shape)


def report_record(report: ImportReport) -> dict[str, object]:
    """The report for programs."""
    model, counts = report.model, report.counts
    return {
        "model": model.path,
        "opset": model.opset,
        "inputs": [
            {
                "name": name,
                "type": model.types.get(name),
                "shape": model.shapes.get(name),
                "range": model.ranges.get(name),
            }
            for name in model.inputs
        ],
        "outputs": [
            {"name": name, "type": model.types.get(tensor), "shape": model.shapes.get(tensor)}
            for name, tensor in zip(model.output_names, model.outputs, strict=True)
        ],
        "nodes": [
            {
                "name": row.name,
                "operator": row.operator,
                "output_shape": row.output_shape,
                "supported": {SUPPORTED: True, UNSUPPORTED: False}.get(row.verdict),
                "reason": row.reason,
                "remedy": row.remedy,
            }
            for row in report.rows
        ],
        "supported": counts[SUPPORTED],
        "unsupported": counts[UNSUPPORTED],
        "waiting": counts[WAITING],
        "failure": report.failure or None,
        "parameters": report.parameters,
        "notes": list(model.notes),
    }
