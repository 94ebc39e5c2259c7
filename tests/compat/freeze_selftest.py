"""Write the cases of `zkinfer-verify selftest`: honest proofs, these with bytes replaced, and forgeries of attacks/.

python -m tests.compat.freeze_selftest

Every case is tried as it is written. A forgery that another check stops than the one that it names, once it is on its
own, is left out and told; the exit code is 1. A case that is listed already keeps its proof: forgeries are made with
fresh randomness.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.library import attack_classes
from attacks.networks import CONTEXT, Setup, integers, mixed, network, setup
from tests.house.tree import VERIFIER
from zkinfer.graph.graph import FullyConnected, Relu
from zkinfer_verify import selftest
from zkinfer_verify.field.prime import P
from zkinfer_verify.proof.proof import Proof

TARGET = VERIFIER / "selftest_data"
BUDGET = 1_250_000
"""Bytes of all proofs and statements: the wheel stays small."""

UNCHANGED = (0, 0, "")

CHANGED = {
    "magic and version": "this is not a zkinfer proof|format version",
    "statement digest": "proof is of another statement",
    "context": CONSTRAINT,
    "outputs": CONSTRAINT,
    "root of A": CONSTRAINT,
    "root of Q": CONSTRAINT,
    "scalars": CONSTRAINT,
    "y": CONSTRAINT,
    "reveals": CONSTRAINT,
    "proximity vector": "opened columns of W do not belong to its root",
    "linear vector": "opened columns of W do not belong to its root",
    "columns of W": "opened columns of W do not belong to its root",
    "columns of A": "opened columns of A do not belong to its root",
    "salts of A": "opened columns of A do not belong to its root",
    "columns of Q": "opened columns of Q do not belong to its root",
    "salts of Q": "opened columns of Q do not belong to its root",
    "Merkle siblings": "do not belong to its root",
}
"""What stops one flipped bit in a part of a proof. Before the positions are drawn it changes what is drawn."""

CUT = "proof ends inside its|Merkle multiproof has"


@dataclass(frozen=True)
class Case:
    """A case before it is written: its record but for the names of files, and what goes into them."""

    record: dict[str, Any]
    statement: bytes
    digest: str
    proof: bytes


def case(group: str, name: str, forged: Forged, stopped_by: str | None, replace: tuple[int, int, str]) -> Case:
    """Describe one case."""
    record = {
        "class": group,
        "name": name,
        "replace": list(replace),
        "context": None if forged.context is None else forged.context.hex(),
        "expect": None if forged.expect is None else forged.expect.hex(),
        "allow_toy": forged.allow_toy,
        "stopped_by": stopped_by,
        "broken": list(forged.broken),
    }
    return Case(record, forged.statement.to_bytes(), forged.statement.digest.hex()[:16], forged.proof)


def standard() -> Setup:
    """A small network under the profile that is meant for use."""
    layers = (
        FullyConnected(integers(2, 2, 2), integers(3, 2)),
        Relu(),
        FullyConnected(integers(4, 2, 2), integers(5, 2)),
    )
    return setup(network(1, (2,), *layers)[0], profile="standard", input_range=(-2, 1))


def honest() -> Iterator[Case]:
    """Yield the honest proofs, and what is changed in them."""
    made, x = mixed()
    proof = made.prove(made.witness(x), b"selftest")
    forged = Forged(made.statement, proof.to_bytes(), context=CONTEXT, expect=made.statement.digest)
    yield case("honest", "every kind of relation", forged, None, UNCHANGED)
    free = Forged(made.statement, proof.to_bytes())
    yield from (case(group, name, free, check, edit) for group, name, check, edit in changes(proof))
    yield case("bound to", "another context", Forged(*parts(free), context=b"?"), "bound to another context", UNCHANGED)
    other = Forged(*parts(free), expect=bytes(32))
    yield case("bound to", "another statement", other, "statement has digest .* expected", UNCHANGED)
    refused = Forged(*parts(free), allow_toy=False)
    yield case("bound to", "profile without soundness", refused, "profile 'toy' has no soundness", UNCHANGED)
    made = standard()
    sound = made.prove(made.witness(integers(1, 2, low=-2, high=2)), b"selftest")
    forged = Forged(made.statement, sound.to_bytes(), context=CONTEXT, allow_toy=False)
    yield case("honest", "profile standard", forged, None, UNCHANGED)
    middle = sum(len(data) for _, data in sound.sections()[:6]) + 8
    edit = (middle, middle + 1, f"{sound.to_bytes()[middle] ^ 1:02x}")
    yield case("bit flipped", "scalars, profile standard", forged, CONSTRAINT, edit)


def parts(forged: Forged) -> tuple[Any, bytes]:
    """Return a forgery's statement and proof."""
    return forged.statement, forged.proof


def changes(proof: Proof) -> Iterator[tuple[str, str, str, tuple[int, int, str]]]:
    """Yield (class, name, check, bytes replaced): each part flipped, not canonical, cut; bytes lost and added."""
    data, start = proof.to_bytes(), 0
    for name, section in proof.sections():
        # The first output's low byte, so that it stays within its bound; of other parts the middle.
        at = start if name == "outputs" else start + len(section) // 2
        yield "bit flipped", name, CHANGED[name], (at, at + 1, f"{data[at] ^ 1:02x}")
        if name in ("scalars", "y", "reveals", "proximity vector", "linear vector") or name.startswith("columns"):
            wide = int.from_bytes(section[:8], "little") % (2**64 - P) + P
            edit = (start, start + 8, wide.to_bytes(8, "little").hex())
            yield "not canonical", name, f"element >= p in its {name}", edit
        yield "truncated", f"before {name}", CUT, (start, len(data), "")
        start += len(section)
    yield "truncated", "last byte", CUT, (len(data) - 1, len(data), "")
    yield "truncated", "last sibling", CUT, (len(data) - 32, len(data), "")
    yield "extended", "a byte", "bytes after its end", (len(data), len(data), "00")
    yield "extended", "a sibling", "bytes after its end", (len(data), len(data), "00" * 32)
    yield (
        "extended",
        "four kilobytes",
        "more than this statement's proofs can have",
        (len(data), len(data), "00" * 4096),
    )


def forgeries() -> Iterator[tuple[str, Attack]]:
    """Yield the attacks, the first of each class before the second of any, each with its class's name."""
    every = [[(f"{found.number:02} {found.name}", attack) for attack in found.attacks] for found in attack_classes()]
    yield from (attack for round_ in zip_longest(*every) for attack in round_ if attack is not None)


class Folder:
    """The folder of cases as it grows: files that are there stay, if their case is the same."""

    def __init__(self, target: Path) -> None:
        self.target, self.records, self.size = target, list[dict[str, Any]](), 0
        listed = target / "cases.json"
        self.before = {key(r): r for r in json.loads(listed.read_text())} if listed.exists() else {}
        self.used = {"cases.json"}
        target.mkdir(exist_ok=True)

    def add(self, made: Case) -> str:
        """Write a case's files, and try it; return what is wrong with its verdict, if anything."""
        names = {"statement": f"{made.digest}.zks", "proof": f"{key(made.record)}.zkp"}
        if made.record["replace"] != list(UNCHANGED) or made.record["class"] == "bound to":
            names["proof"] = next(r["proof"] for r in self.records if r["statement"] == names["statement"])
        record = made.record | names
        kept = self.before.get(key(record)) == record and (self.target / names["proof"]).exists()
        for name, data in ((names["statement"], made.statement), (names["proof"], made.proof)):
            if name not in self.used and not (kept and (self.target / name).exists()):
                (self.target / name).write_bytes(data)
        tried = selftest.try_case(record)
        if not tried["as_expected"]:
            return f"{key(record)}: expected {record['stopped_by']!r}, the verdict is {tried['verdict']!r}"
        self.used |= set(names.values())
        self.records.append(record)
        return ""

    def fits(self, made: Case) -> bool:
        """Whether a case's files stay within the budget."""
        files = sum((self.target / name).stat().st_size for name in self.used if (self.target / name).exists())
        return files + len(made.proof) + len(made.statement) <= BUDGET

    def close(self) -> None:
        """Write the list, and remove the files of cases that are no more."""
        self.records.sort(key=lambda r: (r["stopped_by"] is not None, r["class"][:2] * r["class"][:2].isdigit()))
        (self.target / "cases.json").write_text(json.dumps(self.records, indent=1) + "\n", encoding="utf-8")
        for path in self.target.iterdir():
            if path.name not in self.used:
                path.unlink()


def key(record: dict[str, Any]) -> str:
    """Name a case as its file is named."""
    return "".join(c if c.isalnum() else "-" for c in f"{record['class']} {record['name']}".lower())


def main() -> int:
    """Write the cases: all honest ones and their changes, then as many forgeries as fit; return the exit code."""
    folder, wrong, left_out = Folder(TARGET), list[str](), 0
    for made in honest():
        wrong.append(folder.add(made))
    for group, attack in forgeries():
        made = case(group, attack.name, attack.forge(), attack.stopped_by, UNCHANGED)
        if folder.fits(made):
            wrong.append(folder.add(made))
        else:
            left_out += 1
    folder.close()
    print(f"{len(folder.records)} cases; {left_out} forgeries left out, beyond {BUDGET} bytes")
    print(*filter(None, wrong), sep="\n", end="", file=sys.stderr)
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
