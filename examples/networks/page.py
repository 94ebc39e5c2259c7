"""python -m examples.networks.page: what the records say, as a table on the page about quantising."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benches.markdown import replace_record, table

RECORDS = Path(__file__).parent / "records"
PAGE = Path(__file__).parents[2] / "docs" / "quantising.md"
SECONDS = ("setup", "prove", "verify")
HEAD = (
    *("network", "parameters", "preset", *(f"{step} s" for step in SECONDS), "peak MB", "bytes"),
    *("tensors", "equal", "least", "outputs"),
)


def networks_table(records: Iterable[dict[str, Any]]) -> str:
    """A row for each record: what a proof cost, and how its integers compare with onnxruntime's codes."""
    return table(HEAD, map(_row, records))


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    seconds, layers = record["seconds"], record["layers_against_onnxruntime"]
    outputs = record["integers_against_onnxruntime"]
    codes = sum(output["codes"] for output in outputs)
    near = sum(output["codes"] * (output["equal"] + output["off_by_one"]) for output in outputs)
    return (
        record["network"],
        f"{record['parameters']:,}",
        record["settings"]["preset"] + " pow2" * record["settings"]["power_of_two"],
        *(f"{seconds[step]:.1f}" for step in SECONDS),
        f"{record['peak_memory_bytes'] / 1e6:,.0f}",
        f"{record['proof_bytes']:,}",
        f"{layers['tensors']}",
        f"{100 - 100 * layers['differing'] / layers['codes']:.4f} %",
        f"{100 * layers['least_equal']['equal']:.2f} %",
        f"{100 * near / codes:.1f} %",
    )


def written(page: str, records: Path = RECORDS) -> str:
    """Return the page with the table of a folder's records."""
    found = [json.loads(path.read_text()) for path in sorted(records.glob("*.json"))]
    return replace_record(page, "trained-networks", networks_table(found))


def update() -> None:
    """Write the table of the committed records into the page."""
    PAGE.write_text(written(PAGE.read_text()))


if __name__ == "__main__":
    update()
