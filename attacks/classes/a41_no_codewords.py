"""A committed row is no codeword, or one of too high a degree."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from attacks.attack import Attack, Forged
from attacks.commitments import Matrix, edited_commitment
from attacks.networks import tiny
from attacks.prover import Hooks, forge
from attacks.worlds import unchecked
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import LEAF_PADS, LEAF_WITNESS
from zkinfer_verify.poly.reed_solomon import coset_points

SEED = b"no codewords"
K, PAD_K, B = 16, 64, 4
OPENED = "opening: y's code differs from the opened columns"
PROXIMITY = "pad oracle, proximity test: the vector differs"


def noise(row: int) -> Callable[[Matrix], None]:
    """Add one to a row's code at every position but one of eight."""

    def edit(code: Matrix) -> None:
        far = np.arange(len(code)) % 8 != 0
        code[far, row] = (code[far, row].astype(object) + 1) % P

    return edit


def monomial(row: int, degree: int) -> Callable[[Matrix], None]:
    """Add X^degree to a row's code."""

    def edit(code: Matrix) -> None:
        for position, x in enumerate(coset_points(len(code), range(len(code)))):
            code[position, row] = (int(code[position, row]) + pow(x, degree, P)) % P

    return edit


def of_witness(edit: Callable[[Matrix], None]) -> Hooks:
    """Commit to an edited matrix in place of A's code."""
    return {"_commit_witness": lambda original, *args: edited_commitment(original(*args), LEAF_WITNESS, edit)}


def of_pads(edit: Callable[[Matrix], None]) -> Hooks:
    """Commit to an edited matrix in place of Q's code."""
    return {"commit_pads": lambda original, *args: edited_commitment(original(*args), LEAF_PADS, edit)}


def by_its_cells(original: Callable[..., Any], prepared: Any, rows: Matrix, *args: Any) -> Any:
    """Give the first row of A by its K cells, again and again, in place of their code."""

    def edit(code: Matrix) -> None:
        code[:, 0] = np.resize(rows[0], len(code))

    return edited_commitment(original(prepared, rows, *args), LEAF_WITNESS, edit)


def forged(hooks: Hooks) -> Forged:
    """Follow the protocol but for one commitment."""
    made, x = tiny()
    return forge(made, made.witness(x), hooks, SEED).sent()


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class: A has rows 0 and 1 and N's 2 and 3, Q has rows 0 to 3, then P, M0 and M1."""
    columns = partial(unchecked, "check_opened_columns")
    for name, edit in (
        ("a row of A", noise(0)),
        ("the mask row", noise(2)),
        ("a row of A, degree K + b", monomial(0, K + B)),
        ("a row of A, degree K + b + 1", monomial(0, K + B + 1)),
        ("the mask row, degree K + b", monomial(3, K + B)),
    ):
        yield Attack(name, partial(forged, of_witness(edit)), OPENED, without=columns)
    yield Attack("a row of A, uncoded", partial(forged, {"_commit_witness": by_its_cells}), OPENED, without=columns)
    pad_columns = partial(unchecked, "check_pad_columns")
    for name, edit in (
        ("a row of Q", noise(0)),
        ("the last row of Q", noise(3)),
        ("Q's mask P", noise(4)),
        ("a row of Q, degree K' + b", monomial(0, PAD_K + B)),
        ("Q's mask M0, degree K' + b", monomial(6, PAD_K + B)),
        ("Q's mask M1, degree K' + b", monomial(8, PAD_K + B)),
        ("Q's mask M1, degree K' + b + 1", monomial(9, PAD_K + B + 1)),
    ):
        yield Attack(name, partial(forged, of_pads(edit)), PROXIMITY, without=pad_columns)
