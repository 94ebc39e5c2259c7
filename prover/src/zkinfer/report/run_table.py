"""What a setup or a proof took and made, as a table for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table

from zkinfer.report.estimate import show_bytes


def seconds_record(by_step: Mapping[str, float]) -> dict[str, object]:
    """The seconds of a run, for programs: in all, and by step."""
    return {"total": sum(by_step.values()), "by_step": dict(by_step)}


def run_table(seconds: Mapping[str, float], sizes: Mapping[str, int], facts: Mapping[str, str]) -> RenderableType:
    """Time by step, bytes by part (both with their sums), then facts in a line each."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in seconds.items():
        table.add_row(name, f"{value:.3f} s")
    table.add_row("time", f"{sum(seconds.values()):.3f} s", style="bold", end_section=True)
    table.add_row()
    for name, size in sizes.items():
        table.add_row(name, f"{size:,} bytes")
    table.add_row("size", show_bytes(sum(sizes.values())), style="bold", end_section=True)
    table.add_row()
    lines = Table(box=None, show_header=False, pad_edge=False)
    for name, fact in facts.items():
        lines.add_row(name, fact)
    return Group(table, lines)
