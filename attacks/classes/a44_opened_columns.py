"""The opened columns are not the committed ones: tampered, moved, repeated, solved, or of another oracle."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

from attacks.attack import Attack, Forged
from attacks.commitments import add_at, monomials, seeing_positions, solved_cells
from attacks.networks import tiny
from attacks.prover import Hooks, forge
from attacks.worlds import unchecked
from zkinfer.prove.commit import Committed
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import decode_base, encode_base

SEED = b"opened columns"
K = 16
SHORT, OF = "Merkle multiproof has", "opened columns of {} do not belong to its root"


def edited(part: str, edit: Callable[[bytes, int], bytes]) -> Forged:
    """Edit opened columns, or their salts, of an honest proof; the edit is told the size of one."""
    made, x = tiny()
    forgery = forge(made, made.witness(x), seed=SEED)
    data = getattr(forgery.proof, part)
    parts: dict[str, Any] = {part: edit(data, len(data) // made.prepared.sizes.num_queries)}
    return forgery.sent(**parts)


def first_bit(data: bytes, size: int) -> bytes:
    """Flip the lowest bit."""
    return bytes([data[0] ^ 1]) + data[1:]


def last_cell(data: bytes, size: int) -> bytes:
    """Add one to the last cell of the last column."""
    cells = list(decode_base(data))
    cells[-1] = (cells[-1] + 1) % P
    return encode_base(cells)


def exchanged(data: bytes, size: int) -> bytes:
    """Exchange the first two columns."""
    return data[size : 2 * size] + data[:size] + data[2 * size :]


def repeated(data: bytes, size: int) -> bytes:
    """Open the first column at every position."""
    return data[:size] * (len(data) // size)


def zeroed(data: bytes, size: int) -> bytes:
    """Open zeros."""
    return bytes(len(data))


def elsewhere(oracle: str, move: Callable[[Sequence[int], int], Sequence[int]]) -> Forged:
    """Open one oracle at other positions than the transcript says, with the paths of those."""
    made, x = tiny()
    sizes, honest = made.prepared.sizes, Committed.open_columns
    width = {"W": sizes.weight_width, "A": sizes.witness_width, "Q": sizes.pad_width}[oracle]

    def open_columns(committed: Committed, positions: Sequence[int]) -> tuple[bytes, bytes, bytes]:
        moved = committed.code.shape[1] == width
        return honest(committed, move(positions, len(committed.code)) if moved else positions)

    with patch.object(Committed, "open_columns", open_columns):
        return forge(made, made.witness(x), seed=SEED).sent()


def next_ones(positions: Sequence[int], length: int) -> Sequence[int]:
    """Return each position's neighbour."""
    return sorted((position + 1) % length for position in positions)


def first_ones(positions: Sequence[int], length: int) -> Sequence[int]:
    """Return positions that the prover likes better: always the first ones."""
    return range(len(positions))


def once_more(positions: Sequence[int], length: int) -> Sequence[int]:
    """Return the first position in place of the second one."""
    return [positions[0], positions[0], *positions[2:]]


def solved() -> Forged:
    """Send a false y, and solve the opened cells of the mask row for it."""
    made, x = tiny()
    seen: list[Sequence[int]] = []
    hooks: Hooks = {"_opening_vector": lambda original, *args: add_at(original(*args), K), **seeing_positions(seen)}
    forgery = forge(made, made.witness(x), hooks, SEED)
    length = made.prepared.schedule.parameters.code_length
    changes = [Ext(value) for value in monomials(length, seen[0], K)]
    columns = solved_cells(forgery.proof.columns_witness, made.prepared.sizes.witness_width, -2, changes)
    return forgery.sent(columns_witness=columns)


def attacks() -> Iterator[Attack]:
    """Yield the attacks of this class."""
    edits: tuple[tuple[str, Callable[[bytes, int], bytes]], ...] = (
        ("a bit flipped", first_bit),
        ("two exchanged", exchanged),
        ("one for all", repeated),
        ("zeros", zeroed),
    )
    moves: tuple[tuple[str, Callable[[Sequence[int], int], Sequence[int]]], ...] = (
        ("at the next positions", next_ones),
        ("at the first positions", first_ones),
        ("at one position twice", once_more),
    )
    for oracle, part in (("W", "columns_weights"), ("A", "columns_witness"), ("Q", "columns_pads")):
        for name, edit in (*edits, ("the last cell changed", last_cell)):
            yield Attack(f"columns of {oracle}, {name}", partial(edited, part, edit), OF.format(oracle))
        for name, move in moves:
            # Paths of other positions may be of other lengths: the last oracle's then end too early, or too late.
            stopped_by = f"{SHORT}|{OF.format(oracle)}" if oracle == "Q" else OF.format(oracle)
            yield Attack(f"columns of {oracle} {name}", partial(elsewhere, oracle, move), stopped_by)
    no_openings = partial(unchecked, "check_openings")
    for oracle, part in (("A", "salts_witness"), ("Q", "salts_pads")):
        for name, edit in edits:
            yield Attack(
                f"salts of {oracle}, {name}", partial(edited, part, edit), OF.format(oracle), without=no_openings
            )
    yield Attack("columns of A, solved for a false y", solved, OF.format("A"), without=no_openings)
