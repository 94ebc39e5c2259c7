"""The messages of a run, as a table for people: who sends what, under which label, in the order of protocol.md, 7."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table

from zkinfer_verify.transcript.schedule import Kind, Message


def schedule_table(messages: Sequence[Message]) -> RenderableType:
    """One line for each label and type, at its first place; repeated rounds are added up."""
    added: dict[tuple[str, Kind, str], list[int | None]] = {}
    for message in messages:
        added.setdefault((message.label, message.kind, message.sender), []).append(message.size)
    table = Table("label", "from", "type", "items", "count", box=None, pad_edge=False)
    for column in table.columns[3:]:
        column.justify = "right"
    for (label, kind, sender), counts in added.items():
        known = [count for count in counts if count is not None]
        total = f"{sum(known):,}" if len(known) == len(counts) else "any"
        table.add_row(label, sender, kind.name.lower(), f"{len(counts):,}", total)
    return table
