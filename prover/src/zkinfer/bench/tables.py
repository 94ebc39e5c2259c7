"""Records as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table

from zkinfer.bench import matvec, scaling
from zkinfer.bench.against import Change
from zkinfer.bench.forecast import measured
from zkinfer.bench.record import Record
from zkinfer.bench.reference import INFERENCES


def head(record: Record) -> str:
    """Which machine, version and threads."""
    machine = record["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores ({', '.join(machine['features'])}), "
        f"{record['threads']} threads; zkinfer {record['version']} ({record['commit'] or 'no commit'})"
    )


def network_table(record: Record) -> RenderableType:
    """A network measured whole."""
    seconds = _table("what", "median s", "min", "max")
    for name, value in whole_seconds(record).items():
        seconds.add_row(name, *(f"{value[key]:.3f}" for key in ("median", "min", "max")))
    for name, value in record["prove_seconds"]["by_step"].items():
        seconds.add_row(f"  prove: {name}", *(f"{value[key]:.3f}" for key in ("median", "min", "max")))
    sizes = _table("what", "bytes")
    for key in ("proof_bytes", "setup_peak_memory_bytes", "prove_peak_memory_bytes"):
        sizes.add_row(key.removesuffix("_bytes").replace("_", " "), f"{record[key]:,}")
    ratios = _table("ratio", "")
    for name, value in record["ratios"].items():
        ratios.add_row(name, f"{value:.3f}")
    told = forecast_table(record)
    return Group(
        head(record), "", seconds, "", sizes, "", ratios, "", told, "", f"hidden: {'; '.join(record['hidden'])}"
    )


def forecast_table(record: Record) -> RenderableType:
    """What `zkinfer estimate` would have said, and what came."""
    table = _table("forecast by the model of the cost", "forecast", "measured", "forecast / measured")
    for name, value in measured(record).items():
        told = record["forecast"][name]
        table.add_row(name.replace("_", " "), f"{told:,.4g}", f"{value:,.4g}", f"{told / value:.2f}")
    return table


def whole_seconds(record: Record) -> dict[str, dict[str, float]]:
    """The seconds of whole operations, by what people call them."""
    found = {
        **{f"inference, {INFERENCES[name]}": value for name, value in record["inference_seconds"].items()},
        "reading the JSON": record["read_seconds"],
        "writing the JSON": record["write_seconds"],
        "setup, the whole process": record["setup_seconds"].get("process"),
        "setup, its steps": record["setup_seconds"]["total"],
        "prove, the whole process": record["prove_seconds"].get("process"),
        "prove, its steps": record["prove_seconds"]["total"],
        "prove, from input to proof": record["prove_seconds"]["core"],
        "prove, from input to proof, warm": record.get("prove_warm_seconds"),
        "verify, native kernels, warm": record["verify_native_seconds"],
        "verify, pure Python, warm": record["verify_plain_seconds"],
    }
    return {name: value for name, value in found.items() if value is not None}  # older records tell no process


def batch_table(record: Record) -> RenderableType:
    """A proof of several inputs beside a proof of one."""
    count = record["inputs"]
    table = _table("what", "one input", f"{count} inputs", "each of them")
    for name, (single, batch) in batch_figures(record).items():
        table.add_row(name, _show(single), _show(batch), _show(batch / count))
    ratios = _table("ratio", "")
    for name, value in record["ratios"].items():
        ratios.add_row(name, f"{value:.3f}")
    return Group(head(record), "", table, "", ratios, "", f"hidden: {'; '.join(record['hidden'])}")


def batch_figures(record: Record) -> dict[str, tuple[float, float]]:
    """What is told of both proofs, by what people call it."""
    single, batch = record["single"], record["batch"]
    figures = {
        name: (single["prove_seconds"][key]["median"], batch["prove_seconds"][key]["median"])
        for key, name in (("core", "prove, from input to proof, s"), ("core_cpu", "the same on all threads, s"))
    }
    verify = "verify_native_seconds"
    return {
        **figures,
        "verify, native kernels, warm, s": (single[verify]["median"], batch[verify]["median"]),
        "prove, peak memory, bytes": (single["prove_peak_memory_bytes"], batch["prove_peak_memory_bytes"]),
        "proof, bytes": (single["proof_bytes"], batch["proof_bytes"]),
    }


def matvec_table(record: Record) -> RenderableType:
    """The original's columns, for each system and number of threads."""
    table = _table("system", "threads", *matvec.COLUMNS)
    failed = []
    for row in record["rows"]:
        if "failed" in row:
            failed.append(f"{row['system']}, {row['multiply_adds']:,} multiply-adds: {row['failed']}")
        else:
            table.add_row(row["system"], str(row["threads"]), *(_show(row[column]) for column in matvec.COLUMNS))
    ratios = [
        f"plonky2 / zkinfer, {row['multiply_adds']:,} multiply-adds, {row['threads']} threads: "
        + ", ".join(f"{column} {row[column]:.1f}" for column in matvec.COLUMNS if column in row)
        for row in record["ratios"]
    ]
    return Group(head(record), "", table, *failed, *ratios)


def scaling_table(record: Record) -> RenderableType:
    """Each sweep, the growth over its last step, and what the model of the cost says."""
    parts: list[RenderableType] = [head(record)]
    for name, sweep in record["sweeps"].items():
        table = _table("multiply-adds", "activations", "weights", *scaling.COLUMNS, "model: prove_s")
        for point in sweep["points"]:
            counts = (f"{point[key]:,}" for key in ("multiply_adds", "activations", "weights"))
            figures = (_show(point[column]) for column in scaling.COLUMNS)
            table.add_row(*counts, *figures, _show(point["model"]["prove_s"]))
        grown = ", ".join(f"{column} {exponent:.2f}" for column, exponent in sweep["growth"].items())
        parts += ["", f"{name.replace('_', '-')} swept", table, f"exponent over the last step: {grown}"]
    return Group(*parts)


def changes_table(changes: Sequence[Change]) -> RenderableType:
    """Then, now, and what is worse than allowed."""
    table = _table("against the record", "then", "now", "ratio", "")
    for change in changes:
        values = (f"{value:,.4g}" for value in (change.before, change.after, change.ratio))
        table.add_row(change.name, *values, "regression" if change.regression else "")
    return table


def _show(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if isinstance(value, int) or value >= 1000 else f"{value:.4f}"


def _table(first: str, *columns: str) -> Table:
    table = Table(first, box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right")
    return table
