"""Write a record's tables into docs/performance.md, between its markers."""

from pathlib import Path
from typing import Any

from zkinfer.bench.tables import whole_seconds

BEGIN, END = "<!-- record begins -->", "<!-- record ends -->"


def tables(record: dict[str, Any]) -> str:
    """Return a record as Markdown."""
    machine = record["machine"]
    processor = f"{machine['processor']}, {machine['cores']} cores ({', '.join(machine['features'])})"
    head = (
        f"Measured {record['measured']} at commit `{record['commit']}`: {processor}, {record['threads']} threads, "
        f"Python {machine['python']}; profile `{record['profile']}`, {record['soundness_bits']} bits; "
        f"hidden: {'; '.join(record['hidden'])}. "
        f"Seconds are the median of {record['runs']} runs, minimum and maximum behind it."
    )
    sizes = {
        "proof": record["proof_bytes"],
        "peak memory of setup": record["setup_peak_memory_bytes"],
        "peak memory of prove": record["prove_peak_memory_bytes"],
    }
    steps = record["prove_seconds"]["by_step"]
    return "\n\n".join(
        [
            head,
            _table(("what", "seconds"), {name: _range(value) for name, value in whole_seconds(record).items()}),
            _table(("ratio", ""), {name: f"{value:.3f}" for name, value in record["ratios"].items()}),
            _table(("what", "bytes"), {name: f"{value:,}" for name, value in sizes.items()}),
            _table(("step of prove", "seconds"), {name: _range(value) for name, value in steps.items()}),
            _table(
                ("part of the proof", "bytes"),
                {name: f"{value:,}" for name, value in record["proof_bytes_by_section"].items()},
            ),
        ]
    )


def write_page(page: Path, record: dict[str, Any]) -> None:
    """Replace what stands between the page's markers."""
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{tables(record)}\n\n{END}{after}")


def _range(value: dict[str, float]) -> str:
    return f"{value['median']:.3f} ({value['min']:.3f} to {value['max']:.3f})"


def _table(head: tuple[str, str], rows: dict[str, str]) -> str:
    return "\n".join(f"| {a} | {b} |" for a, b in [head, ("---", "---"), *rows.items()])
