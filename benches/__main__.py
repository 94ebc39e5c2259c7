"""Bring docs/performance.md up to date with the record of the reference network; `make bench` measures it before."""

import json
from pathlib import Path

from benches.page import write_page

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write the page."""
    record = json.loads((ROOT / "benches/records/reference.json").read_text())
    write_page(ROOT / "docs/performance.md", record)
    print(f"prove {record['prove_seconds']['total']['median']:.3f} s; see docs/performance.md")


if __name__ == "__main__":
    main()
