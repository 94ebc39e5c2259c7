"""A false output is pushed from step to step: each step's messages absorb the error of the one before."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from attacks.attack import Attack, Forged
from attacks.commitments import add_to, monomials, seeing_positions, solved_cells
from attacks.networks import tiny
from attacks.prover import deleted, forge, with_outputs
from attacks.pusher import Pusher
from attacks.worlds import unchecked
from zkinfer_verify.field.extension import Ext

SEED = b"errors pushed on"
OPENED = "opening: y's code differs from the opened columns"
LINEAR = "pad oracle, linear test: the vector differs from the opened columns"


def pushed(last: str, *, solved: bool = False) -> Forged:
    """Push the error as far as a step; solved: then solve the opened cells of the mask row for y."""
    made, x = tiny()
    pusher, seen = Pusher(last), list[Sequence[int]]()
    with pusher.at_work():
        hooks = {"_opening_vector": pusher.opening_vector, **seeing_positions(seen)}
        forgery = forge(made, with_outputs(made.witness(x), 0, 1), hooks, SEED)
    columns = forgery.proof.columns_witness
    if solved:
        columns = solved_cells(columns, made.prepared.sizes.witness_width, -2, [pusher.error] * len(seen[0]))
    return forgery.sent(about_witness=True, columns_witness=columns)


def bent(*, solved: bool = False) -> Forged:
    """Write the target of the linear test into its vector; solved: then solve the opened cells of the masks for it."""
    made, x = tiny()
    seen, change, mixes = list[Sequence[int]](), list[Ext](), list[Ext]()
    length = made.prepared.schedule.parameters.pad_row_length

    def pad_vectors(original: Callable[..., Any], kernels: Any, oracle: Any, schedule: Any, test: Any) -> Any:
        proximity, linear = original(kernels, oracle, schedule, test)
        mixes[:] = test.mixes
        change[:] = [test.target - Ext(*map(int, linear[length - 1]))]
        return proximity, add_to(linear, length - 1, change[0])

    hooks = {"pad_vectors": pad_vectors, **seeing_positions(seen)}
    forgery = forge(made, with_outputs(made.witness(x), 0, 1), hooks, SEED)
    columns = forgery.proof.columns_pads
    if solved:
        sizes, rows = made.prepared.sizes, made.prepared.schedule.pad_rows
        at = monomials(made.prepared.schedule.parameters.pad_code_length, seen[1], length - 1)
        # M0 takes the change of the linear vector, P what that does to the proximity vector.
        columns = solved_cells(columns, sizes.pad_width, rows + 2, [change[0] * value for value in at])
        back = [-mixes[rows] * change[0] * value for value in at]
        columns = solved_cells(columns, sizes.pad_width, rows, back)
    return forgery.sent(about_witness=True, columns_pads=columns)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class: the further the error is pushed, the later the check."""
    constraints = (
        ("rounds", "contraction 0, end"),
        ("operand", "folding, end"),
        ("folding rounds", "folding, end"),
        ("folding value", "opening"),
    )
    of_output = "contraction 0"
    for last, name in constraints:
        yield Attack(
            f"up to the {last}",
            partial(pushed, last),
            broken=(name,),
            relation=of_output,
            without=partial(deleted, name),
        )
    yield Attack(
        "up to y", partial(pushed, "y"), OPENED, relation=of_output, without=partial(unchecked, "check_opened_columns")
    )
    yield Attack(
        "up to the columns of A",
        partial(pushed, "y", solved=True),
        "opened columns of A do not belong to its root",
        relation=of_output,
        without=partial(unchecked, "check_openings"),
    )
    end = ("contraction 0, end",)
    yield Attack(
        "into the linear vector",
        bent,
        LINEAR,
        broken=end,
        relation=of_output,
        without=partial(unchecked, "check_pad_columns"),
    )
    yield Attack(
        "up to the columns of Q",
        partial(bent, solved=True),
        "opened columns of Q do not belong to its root",
        broken=end,
        relation=of_output,
        without=partial(unchecked, "check_openings"),
    )
