"""Records of networks in Markdown: one in all detail, and several side by side."""

from collections.abc import Iterable
from typing import Any

from benches.markdown import spread, table
from zkinfer.bench.tables import whole_seconds


def head(record: dict[str, Any]) -> str:
    """Return when, where and how a record was measured."""
    machine = record["machine"]
    return (
        f"Measured {record['measured']} at commit `{record['commit']}`, load {record['load_before']:.1f} before: "
        f"{machine['processor']}, {machine['cores']} cores ({', '.join(machine['features'])}), "
        f"{record['threads']} threads, Python {machine['python']}. Seconds are medians of {record['runs']} runs, of "
        "what is warm of 11 or more."
    )


def details(record: dict[str, Any]) -> str:
    """Return all of a network's record."""
    sizes = {
        "proof": record["proof_bytes"],
        "peak memory of setup": record["setup_peak_memory_bytes"],
        "peak memory of prove": record["prove_peak_memory_bytes"],
        **{f"setup, {name}": size for name, size in record["setup_bytes"].items()},
    }
    steps = {
        f"{command}: {name}": value
        for command in ("setup", "prove")
        for name, value in record[f"{command}_seconds"]["by_step"].items()
    }
    sections = record["proof_bytes_by_section"]
    parts = [
        f"{head(record)} Behind them minimum and maximum. Profile `{record['profile']}`, "
        f"{record['soundness_bits']} bits; hidden: {'; '.join(record['hidden'])}.",
        table(("what", "seconds"), ((name, spread(value)) for name, value in whole_seconds(record).items())),
        table(("ratio", ""), ((name, f"{value:.3f}") for name, value in record["ratios"].items())),
        table(("what", "bytes"), ((name, f"{value:,}") for name, value in sizes.items())),
        table(("step", "seconds"), ((name, spread(value)) for name, value in steps.items())),
        table(
            ("part of the proof", "bytes", "share"),
            ((name, f"{size:,}", f"{size / record['proof_bytes']:.1%}") for name, size in sections.items()),
        ),
    ]
    return "\n\n".join(parts)


def overview(records: Iterable[dict[str, Any]]) -> str:
    """Return a row for each network."""
    columns = (
        "setup s",
        "prove s",
        "again s",
        "verify s",
        "in Python s",
        "onnxruntime s",
        "prove memory MB",
        "proof bytes",
    )
    records = list(records)
    rows = [
        (
            record["network"],
            f"{record['setup_seconds']['total']['median']:.3f}",
            f"{record['prove_seconds']['core']['median']:.3f}",
            _shown(record.get("prove_warm_seconds"), 3),
            f"{record['verify_native_seconds']['median']:.3f}",
            f"{record['verify_plain_seconds']['median']:.3f}",
            _shown(record["inference_seconds"].get("onnxruntime"), 6),
            f"{record['prove_peak_memory_bytes'] / 1e6:,.0f}",
            f"{record['proof_bytes']:,}",
        )
        for record in records
    ]
    return f"{head(records[-1])}\n\n{table(('network', *columns), rows)}"


def _shown(seconds: dict[str, float] | None, digits: int) -> str:
    return "-" if seconds is None else f"{seconds['median']:.{digits}f}"
