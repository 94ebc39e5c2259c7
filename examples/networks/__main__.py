"""python -m examples.networks NAME: fetch a trained network, quantise it on real inputs, prove one and verify it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from examples.networks.catalogue import CATALOGUE
from examples.networks.page import RECORDS, update
from examples.networks.proving import run, write
from zkinfer_verify.errors import ZkinferError


def main() -> int:
    """Run one network; exit with 0 when its proof is accepted."""
    parser = argparse.ArgumentParser(prog="python -m examples.networks", description=__doc__)
    parser.add_argument("name", choices=CATALOGUE, help="; ".join(f"{k}: {e.about}" for k, e in CATALOGUE.items()))
    parser.add_argument("--folder", type=Path, default=Path("build/networks"), help="where downloads are kept")
    parser.add_argument("--record", type=Path, help="where the record goes, else into the folder records and the page")
    arguments = parser.parse_args()
    quantised = arguments.folder / f"{arguments.name}.quantised.onnx"
    arguments.folder.mkdir(parents=True, exist_ok=True)
    try:
        record = run(arguments.name, CATALOGUE[arguments.name], arguments.folder, quantised)
    except ZkinferError as error:
        print(f"{arguments.name}: {error}", file=sys.stderr)
        return 2
    target = arguments.record or RECORDS / f"{arguments.name}.json"
    write(record, target)
    if arguments.record is None:
        update()
    took = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in record["seconds"].items())
    print(f"{arguments.name}: accepted. {took}; {record['proof_bytes']:,} bytes of proof")
    return 0


if __name__ == "__main__":
    sys.exit(main())
