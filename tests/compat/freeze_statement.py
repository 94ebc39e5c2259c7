"""Write the statement and the witness of a frozen proof: `python -m tests.compat.freeze_statement FOLDER`.

The proof itself comes from spec/make_vectors.py. A frozen folder is never written again: a change of format is a new
folder, vectors/proofs/v2, and the old one keeps verifying or is dropped with its version in the changelog.
"""

import json
import sys
from pathlib import Path

import numpy as np

from tests.oracle.production import make_case, networks
from zkinfer.kernels import plain

NAME = "pool, relu fused"


def main(folder: Path) -> None:
    """Write statement.zks and witness.json."""
    if (folder / "statement.zks").exists():
        raise SystemExit(f"{folder} is frozen; choose a new folder")
    random = np.random.RandomState(2024)
    shape, layers = networks(lambda *dims: random.randint(-3, 4, dims))[NAME]
    case = make_case(shape, layers, random.randint(-5, 5, shape).astype(np.int64), plain)
    record = {
        "tensors": {
            column.name: tensor for column, tensor in zip(case.statement.columns, case.tensors, strict=True) if tensor
        },
        "outputs": case.witness.outputs,
        "context": b"frozen".hex(),
        "seed": b"a seed for a frozen proof".hex(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "statement.zks").write_bytes(case.statement.to_bytes())
    (folder / "witness.json").write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
