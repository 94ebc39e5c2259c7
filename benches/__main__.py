"""make bench: measure the reference network, write the record, and bring docs/performance.md up to date."""

import argparse
import tempfile
from pathlib import Path

from benches.page import write_page
from benches.record import write_record
from benches.reference import measure

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benches", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs of each measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), arguments.runs)
    record = write_record(ROOT / "benches/records/reference.json", measured)
    write_page(ROOT / "docs/performance.md", record)
    print(f"prove {record['prove_seconds']['total']['median']:.3f} s; see docs/performance.md")


if __name__ == "__main__":
    main()
