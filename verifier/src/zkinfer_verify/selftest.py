"""zkinfer-verify selftest: the verifier against honest and forged proofs that ship with it.

selftest_data/cases.json lists them, and names for each forged one the check that must stop it. A case is a proof file,
or one with some bytes replaced. `python -m tests.compat.freeze_selftest` makes the data, in the source tree.
"""

import json
import re
import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.statement.statement import Statement

DATA = files("zkinfer_verify") / "selftest_data"
ACCEPTED = "accepted"
Record = dict[str, Any]


def selftest_cases() -> list[Record]:
    """Return the cases: class, name, files, the bytes replaced, what `verify` is given, and the verdict expected."""
    cases: list[Record] = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
    return cases


@cache
def _statement(name: str) -> Statement:
    return Statement.from_bytes((DATA / name).read_bytes())


def try_case(case: Record) -> Record:
    """Verify one case; return it with its verdict, the seconds, and whether the verdict is the expected one.

    A case that names no check is honest. A refusal counts only if it is by the check that the case names.
    """
    start, end, replacement = case["replace"]
    proof = (DATA / case["proof"]).read_bytes()
    proof = proof[:start] + bytes.fromhex(replacement) + proof[end:]
    context, expect = (None if text is None else bytes.fromhex(text) for text in (case["context"], case["expect"]))
    begin, verdict = time.perf_counter(), ACCEPTED
    try:
        statement = _statement(case["statement"])
        verify(statement, proof, context=context, expect=expect, allow_toy=case["allow_toy"])
    except (ProofError, UsageError) as error:
        verdict = str(error)
    named = case["stopped_by"]
    as_expected = verdict == ACCEPTED if named is None else verdict != ACCEPTED and bool(re.search(named, verdict))
    return case | {"verdict": verdict, "as_expected": as_expected, "seconds": time.perf_counter() - begin}


def selftest_text(results: Sequence[Record]) -> str:
    """Return the table for people, and the sum of it."""
    rows = [("class", "case", "ms", "", "verdict")]
    for r in results:
        verdict = ": ".join((r["verdict"], *r["broken"][:1]))
        mark = "ok" if r["as_expected"] else "WRONG"
        expected = "" if r["as_expected"] else f", expected {r['stopped_by'] or ACCEPTED!r}"
        rows.append((r["class"], r["name"], f"{1000 * r['seconds']:.0f}", mark, verdict + expected))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    wrong, forged = sum(not r["as_expected"] for r in results), sum(r["stopped_by"] is not None for r in results)
    lines.append(f"{len(results) - forged} honest and {forged} forged proofs, {wrong or 'no'} wrong verdicts")
    return "\n".join(lines)
