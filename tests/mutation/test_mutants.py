"""The tool that breaks the verifier's checks can itself fail: each operator breaks its smallest example."""

import ast
import time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutation import session
from tests.mutation.forks import in_fork
from tests.mutation.mutants import every_mutant, reasons
from tests.mutation.operators import changes
from tests.mutation.swap import swap
from zkinfer_verify.field import prime
from zkinfer_verify.hashing import merkle

CASES = [
    ("check never taken", "if x < n: raise E", "if False: raise E"),
    ("branch never taken", "if x: return 1", "if False: return 1"),
    ("call dropped", "ch.zero('end', claim)", "pass"),
    ("call dropped", "transcript.absorb_bytes('a', b)", "pass"),
    ("boundary 1", "y = x < n", "y = x <= n"),
    ("boundary 2", "y = 0 <= x < n", "y = 0 <= x <= n"),
    ("drop first comparison", "y = 0 <= x < n", "y = x < n"),
    ("drop last comparison", "y = 0 <= x < n", "y = 0 <= x"),
    ("drop part 1", "y = a and b", "y = b"),
    ("drop part 2", "y = a or b or c", "y = a or c"),
    ("drop summand", "y = a + b", "y = a"),
    ("drop element 2", "y = sha256(TAG, b)", "y = sha256(TAG)"),
    ("drop element 1", "key = (a, b)", "key = (b,)"),
    ("strict dropped", "y = zip(a, b, strict=True)", "y = zip(a, b, strict=False)"),
    ("fixed challenge", "r = ch.challenge('r')", "r = (lambda drawn: type(drawn)(5, 3))(ch.challenge('r'))"),
]


@pytest.mark.parametrize(("kind", "before", "after"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_an_operator_breaks_its_example(kind: str, before: str, after: str) -> None:
    found = [change.source for change in changes(f"def f() -> None:\n    {before}\n") if change.kind == kind]
    assert ast.unparse(ast.parse(f"def f() -> None:\n    {after}\n")) in found


def test_a_constant_is_changed_where_it_is_defined() -> None:
    (change,) = changes("LIMIT = 3\n")
    assert (change.holder, change.source) == ("LIMIT", "LIMIT = 4")


def test_names_of_mutants_are_distinct_and_every_listed_reason_is_of_one() -> None:
    names = [mutant.name for mutant in every_mutant()]
    assert len(set(names)) == len(names)
    assert set(reasons()) - set(names) == set()


def test_a_mutant_is_gone_with_its_fork() -> None:
    source = "def sibling_count(depth, positions):\n    return 17\n"

    def changed() -> list[int]:
        swap("zkinfer_verify.hashing.merkle", "sibling_count", source)
        swap("zkinfer_verify.field.prime", "TWO_ADICITY", "TWO_ADICITY = 33\n")
        return [merkle.sibling_count(1, [0]), prime.TWO_ADICITY]

    assert in_fork(changed, 10) == [17, 33]
    assert (merkle.sibling_count(1, [0]), prime.TWO_ADICITY) == (1, 32)


def test_a_fork_that_loops_or_fails_answers_nothing() -> None:
    def loop() -> None:
        while True:
            pass

    assert in_fork(loop, 0.2) is None
    assert in_fork(lambda: 1 // 0, 10) is None


@pytest.mark.parametrize(("naps", "killed_by"), [([0.2, 0.2, 0.2, 0.2], None), ([0.2, 60.0, 0.2], "timeout")])
def test_a_mutant_has_the_time_of_each_test_that_it_meets(
    naps: list[float], killed_by: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(item: SimpleNamespace, **_: object) -> list[object]:
        time.sleep(item.seconds)
        return []

    monkeypatch.setattr(session, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(session, "swap", lambda *arguments: None)
    monkeypatch.setattr(session, "runtestprotocol", run)
    items: Any = [SimpleNamespace(nodeid=str(k), seconds=seconds) for k, seconds in enumerate(naps)]
    result = session._try(next(every_mutant()), items, [0.01] * len(naps))
    assert (result.killed_by, result.tests) == (killed_by, len(naps))
