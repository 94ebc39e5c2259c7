"""A small file takes little time and little memory, whatever it says: statements that stalled a verifier, or may."""

import pytest

from attacks.networks import tiny
from fuzz.bounded import prepare_bounded
from fuzz.hostile import HOSTILE, sliding
from zkinfer_verify.check.run import prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.statement.limits import MAX_WORK
from zkinfer_verify.statement.statement import Statement

MEGABYTES = 512
# The slowest takes two on a quiet machine; each that is refused took a minute or more before it was.
SECONDS = 20


@pytest.mark.parametrize("case", HOSTILE, ids=[case.name for case in HOSTILE])
def test_a_hostile_statement_is_bounded(case, tmp_path):
    path = tmp_path / "statement.zks"
    path.write_bytes(case.make(tiny()[0].statement))
    cost = prepare_bounded(path, MEGABYTES, 10 * SECONDS)
    assert case.refused in cost.refusal
    assert bool(case.refused) == bool(cost.refusal)
    assert cost.seconds < SECONDS


def test_the_limit_of_work_is_the_one_that_is_stated():
    # The entries, the iteration values and the places of one sliding axis, and what the honest statement asks for.
    honest = tiny()[0].statement
    terms = sum(len(form.terms) for c in honest.contractions for form in (c.out, c.left, c.right) if form)
    largest = (MAX_WORK - terms) // 3
    prepare(Statement.from_bytes(sliding(honest, largest)), allow_toy=True)
    with pytest.raises(UsageError, match="elements a proof"):
        prepare(Statement.from_bytes(sliding(honest, largest + 1)), allow_toy=True)
