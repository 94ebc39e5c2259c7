"""Bring the pages up to date with the records that there are: docs/performance.md and docs/benchmarks.md."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benches import sizes
from benches.markdown import replace_record
from benches.network import details, overview
from benches.parts import PARTS, ROOT, record_file

NETWORKS = ("tiny", "layer-100", "mlp", "lenet", "reference")
PERFORMANCE, BENCHMARKS = ROOT / "docs/performance.md", ROOT / "docs/benchmarks.md"


def write_pages() -> None:
    """Write both pages; what has no record stays as it is."""
    records = {name: json.loads(record_file(name).read_text()) for name in PARTS if record_file(name).exists()}
    for page, texts in pages(records).items():
        text = page.read_text()
        for name, part in texts.items():
            text = replace_record(text, name, part)
        page.write_text(text)


def pages(records: Mapping[str, dict[str, Any]]) -> dict[Path, dict[str, str]]:
    """Return what stands between the marks of each page."""
    texts = {"batch": sizes.batch, "matvec": sizes.matvec, "matvec-sweep": sizes.matvec, "scaling": sizes.scaling}
    benchmarks = {name: write(records[name]) for name, write in texts.items() if name in records}
    if networks := [records[name] for name in NETWORKS if name in records]:
        benchmarks["networks"] = overview(networks)
    reference = {"reference": details(records["reference"])} if "reference" in records else {}
    return {PERFORMANCE: reference, BENCHMARKS: benchmarks}
