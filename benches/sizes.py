"""Records of batches, of the original's layer and of scaling in Markdown."""

from typing import Any

from benches.markdown import table
from benches.network import head
from zkinfer.bench.matvec import COLUMNS as MATVEC_COLUMNS
from zkinfer.bench.scaling import COLUMNS as SCALING_COLUMNS
from zkinfer.bench.tables import batch_figures


def batch(record: dict[str, Any]) -> str:
    """Return a batch beside one input."""
    count = record["inputs"]
    figures = (
        (name, figure(single), figure(several), figure(several / count))
        for name, (single, several) in batch_figures(record).items()
    )
    ratios = ((name, f"{value:.3f}") for name, value in record["ratios"].items())
    columns = ("what", "one input", f"{count} inputs", "each of them")
    return "\n\n".join([head(record), table(columns, figures), table(("ratio", ""), ratios)])


def matvec(record: dict[str, Any]) -> str:
    """Return the original's columns for each system, and how many times ours plonky2 takes."""
    rows = [
        (row["system"], str(row["threads"]), *(figure(row[column]) for column in MATVEC_COLUMNS))
        for row in record["rows"]
        if "failed" not in row
    ]
    rows += [
        (
            "plonky2 / zkinfer",
            str(row["threads"]),
            "",
            f"{row['multiply_adds']:,} multiply-adds",
            *(f"{row[column]:.1f}" if column in row else "-" for column in MATVEC_COLUMNS[2:]),
        )
        for row in record["ratios"]
    ]
    failed = [
        f"{row['system']}, {row['multiply_adds']:,}: {row['failed']}" for row in record["rows"] if "failed" in row
    ]
    return "\n\n".join([head(record), table(("system", "threads", *MATVEC_COLUMNS), rows), *failed])


def scaling(record: dict[str, Any]) -> str:
    """Return each sweep, its exponents, and the forecast over what was measured."""
    parts = [head(record)]
    for name, sweep in record["sweeps"].items():
        rows = [
            (f"{point[name]:,}", *(figure(point[column]) for column in SCALING_COLUMNS)) for point in sweep["points"]
        ]
        rows.append(("exponent", *(f"{sweep['growth'][column]:.2f}" for column in SCALING_COLUMNS)))
        rows += [
            (
                f"forecast / measured, {point[name]:,}",
                *(_ratio(point["model"].get(column), point[column]) for column in SCALING_COLUMNS),
            )
            for point in sweep["points"]
        ]
        parts.append(table((name.replace("_", "-"), *SCALING_COLUMNS), rows))
    return "\n\n".join(parts)


def figure(value: float | None) -> str:
    """Return a figure as it is read best: bytes and counts whole, seconds with four digits."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 or isinstance(value, int) else f"{value:.4f}"


def _ratio(forecast: float | None, measured: float) -> str:
    return "-" if forecast is None else f"{forecast / measured:.2f}"
