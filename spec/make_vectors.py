"""Write what is missing of vectors/ by the slow definition: `python -m spec.make_vectors`, from the project's root.

Existing files are never overwritten: they are frozen.
"""

from __future__ import annotations

import json
from pathlib import Path

from spec.field import Ext, P, eq_all, extension
from spec.hashing import Transcript, Tree, ext_bytes, u64
from spec.prover import prove
from spec.statement import decode

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
EDGES = [0, 1, 2, 7, 2**32 - 1, 2**32, 2**63, P // 2, P // 2 + 1, P - 2**32, P - 2, P - 1]


def field_vectors() -> dict[str, object]:
    """Sums, differences, products and inverses of edge values, in F and in E."""
    pairs = [Ext(a, b) for a in EDGES[::2] for b in EDGES[1::3]]
    zipped = list(zip(pairs, reversed(pairs), strict=True))
    point = pairs[3:6]
    values = pairs[:8]
    return {
        "base": [[a, b, (a + b) % P, (a - b) % P, a * b % P] for a in EDGES for b in EDGES],
        "base_inverse": [[a, pow(a, -1, P)] for a in EDGES if a],
        "ext": [[x, y, x + y, x - y, x * y] for x, y in zipped],
        "ext_inverse": [[x, x.inverse()] for x in pairs if x != Ext(0)],
        "eq": {"point": point, "table": eq_all(point)},
        "extension": {"point": point, "values": values, "value": extension(values, point)},
    }


def transcript_vectors() -> list[dict[str, object]]:
    """A transcript's items, one by one, and the state after each."""
    t = Transcript()
    out: list[dict[str, object]] = [{"op": "start", "state": t.state.hex()}]

    def step(op: str, label: str, given: object, result: object = None) -> None:
        out.append({"op": op, "label": label, "given": given, "result": result, "state": t.state.hex()})

    t.absorb("b", "profile", b"toy")
    step("bytes", "profile", b"toy".hex())
    t.absorb("d", "statement", bytes(range(32)))
    step("digest", "statement", bytes(range(32)).hex())
    t.absorb("b", "context", b"")
    step("bytes", "context", "")
    t.absorb("z", "zeros", bytes(2**20 + 3))
    step("zeros", "zeros", 2**20 + 3)
    step("challenges", "lookup alpha", 1, t.challenges("lookup alpha", 1))
    step("challenges", "nothing", 0, t.challenges("nothing", 0))
    message = [Ext(P - 1, 0), Ext(0, P - 1)]
    t.absorb("e", "lookup node", ext_bytes(message))
    step("ext", "lookup node", message)
    t.absorb("i", "sizes", u64(0) + u64(2**64 - 1))
    step("integers", "sizes", [0, 2**64 - 1])
    t.absorb("f", "row", u64(5) + u64(P - 1))
    step("base", "row", [5, P - 1])
    step("challenges", "point", 7, t.challenges("point", 7))
    step("positions", "positions", [64, 4], t.positions("positions", 64, 4))
    step("positions", "all", [16, 16], t.positions("all", 16, 16))
    return out


def merkle_vectors() -> list[dict[str, object]]:
    """Trees of eight columns, opened at several sets of positions."""
    columns = [[j, P - 1 - j, 2**40 + j] for j in range(8)]
    out: list[dict[str, object]] = []
    for oracle, salts in (("W", [b""] * 8), ("A", [bytes([j]) * 32 for j in range(8)])):
        tree = Tree(oracle, columns, salts)
        for positions in ([0], [7], [2, 3], [0, 3, 5], [1, 2, 4, 7], list(range(8))):
            out.append(
                {
                    "oracle": oracle,
                    "columns": columns,
                    "salts": [salt.hex() for salt in salts],
                    "root": tree.root.hex(),
                    "positions": positions,
                    "siblings": tree.siblings(positions).hex(),
                }
            )
    return out


def frozen_proof(folder: Path) -> bytes:
    """The proof of a frozen statement and witness."""
    st, record = decode((folder / "statement.zks").read_bytes()), json.loads((folder / "witness.json").read_text())
    tensors = [record["tensors"].get(column.name) for column in st.columns]
    return prove(st, tensors, record["outputs"], bytes.fromhex(record["context"]), bytes.fromhex(record["seed"]))


def main() -> None:
    """Write the files that do not exist."""
    texts = {"field.json": field_vectors(), "transcript.json": transcript_vectors(), "merkle.json": merkle_vectors()}
    for name, value in texts.items():
        if not (VECTORS / name).exists():
            (VECTORS / name).write_text(json.dumps(value, indent=1) + "\n")
    for folder in sorted((VECTORS / "proofs").iterdir()):
        if not (folder / "proof.zkp").exists():
            (folder / "proof.zkp").write_bytes(frozen_proof(folder))


if __name__ == "__main__":
    main()
