"""Write vectors/rejected/v1: the frozen proof of v1 with one thing wrong in each file; files that exist stay.

python -m tests.compat.freeze_rejected
"""

from pathlib import Path

from tests.house.tree import ROOT
from zkinfer_verify.check.run import prepare
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.decode import decode_proof
from zkinfer_verify.statement.statement import Statement

SOURCE = ROOT / "vectors/proofs/v1"
TARGET = ROOT / "vectors/rejected/v1"


def rejected() -> dict[str, bytes]:
    """Return every rejected proof by name: a flipped bit in each section, an element >= p, a byte less and one more."""
    statement = Statement.from_bytes((SOURCE / "statement.zks").read_bytes())
    data = (SOURCE / "proof.zkp").read_bytes()
    proof = decode_proof(statement, prepare(statement, allow_toy=True).sizes, data)
    made, start = {}, 0
    for name, section in proof.sections():
        middle = start + len(section) // 2
        changed = bytearray(data)
        changed[middle] ^= 1
        made[f"bit flipped in {name}"] = bytes(changed)
        if name in ("scalars", "y"):
            wide = int.from_bytes(section[:8], "little") % (2**64 - P) + P
            made[f"element not canonical in {name}"] = data[:start] + wide.to_bytes(8, "little") + data[start + 8 :]
        start += len(section)
    made["last byte missing"] = data[:-1]
    made["byte appended"] = data + b"\0"
    return {name.replace(" ", "-").lower(): changed for name, changed in made.items()}


def main(target: Path = TARGET) -> None:
    """Write the files that are missing."""
    target.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.zkp": data for name, data in rejected().items()}
    files["statement.zks"] = (SOURCE / "statement.zks").read_bytes()
    for name, data in files.items():
        if not (target / name).exists():
            (target / name).write_bytes(data)


if __name__ == "__main__":
    main()
