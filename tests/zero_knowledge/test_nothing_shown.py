"""Nothing hidden in a repr, a pickle or an error: each type that holds secrets, each error about secret data."""

import copy
import pickle
import re
import traceback
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attacks.networks import mixed, tiny
from zkinfer.frontend.inputs import read_input
from zkinfer.graph.integers import input_to_integers
from zkinfer.kernels import native
from zkinfer.program.check import RelationFails, _Reader, check_witness
from zkinfer.program.hidden import Hidden
from zkinfer.program.witness import Witness
from zkinfer.prove import access, leaves, prover
from zkinfer.prove.commit import Committed
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.forms import Tables
from zkinfer.prove.pads import PadOracle
from zkinfer.prove.sender import Sender
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.transcript.transcript import Transcript

SENTINEL = 987654321
SPELLINGS = re.compile("987654321|9.87654321|0x3ade68b1|b168de3a", re.IGNORECASE)
"""The sentinel in decimal, with a point or an exponent, and in hexadecimal, either end first."""


def hidden_things() -> list[Hidden]:
    """One of each type that holds secrets, with the sentinel in it."""
    made, _ = tiny()
    rows = np.full((4, 20), SENTINEL, dtype=np.uint64)
    committed = Committed(rows, np.zeros((4, 0), np.uint8), np.zeros((7, 32), np.uint8))
    tables = Tables(native, made.statement, rows, ())
    witness = Witness(rows, ((1,),))
    cells = np.full((made.statement.witness_rows, 1 << made.statement.row_vars), SENTINEL, dtype=np.uint64)
    return [
        leaves.Leaves(native, made.statement, Layout(made.statement), cells, Ext(SENTINEL), Ext(2)),
        leaves._Row(rows[0], rows[0], rows, [Ext(SENTINEL)]),
        witness,
        tables,
        access.OperandReader(tables, made.statement.contractions[0], [], []),
        Sender(Transcript(), rows[:, :2], [0, 1]),
        Entropy(str(SENTINEL).encode()),
        PadOracle(rows, rows, rows, rows, committed),
        prover._WitnessOracle(rows, rows, committed),
        _Reader(made.statement, Witness(rows, ((SENTINEL,),)), ()),
    ]


def all_subclasses() -> set[type]:
    return set(Hidden.__subclasses__())


def test_every_type_that_holds_secrets_is_tried() -> None:
    assert {type(thing) for thing in hidden_things()} == all_subclasses()


@pytest.mark.parametrize("thing", hidden_things(), ids=lambda thing: type(thing).__name__)
def test_a_type_that_holds_secrets_shows_none_and_is_not_written_out(thing: Hidden) -> None:
    assert repr(thing) == str(thing) == f"{thing}" == f"{type(thing).__name__}(hidden)"
    writers = [copy.copy, copy.deepcopy, *(lambda t, p=p: pickle.dumps(t, p) for p in range(6))]
    for write in writers:
        with pytest.raises(TypeError, match="holds secrets and is never written out"):
            write(thing)


def test_a_commitment_shows_its_root_alone() -> None:
    committed = Committed(np.full((1, 1), SENTINEL, np.uint64), np.zeros((1, 0), np.uint8), np.zeros((1, 32), np.uint8))
    assert repr(committed) == f"Committed({bytes(32).hex()})"


# -- errors ------------------------------------------------------------------------------------------------------------


def shown(error: BaseException) -> str:
    """Everything that an error says, with what led to it, as `-v` prints it, but for source lines."""
    told = traceback.TracebackException.from_exception(error, lookup_lines=False)
    texts = []
    current: traceback.TracebackException | None = told
    while current is not None:
        texts += list(current.format_exception_only())
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(texts)


places = st.tuples(st.integers(0, 8), st.integers(0, 4), st.integers(0, 2))
bad_numbers = st.sampled_from(
    [SENTINEL, -SENTINEL, float(SENTINEL), SENTINEL / 1e8, SENTINEL * 10.0**30, SENTINEL << 32]
)


@settings(max_examples=40)
@given(places, bad_numbers)
def test_an_error_about_the_input_names_the_place_and_never_the_value(place: tuple[int, ...], bad: float) -> None:
    made, x = mixed()
    wrong = x.astype(float if isinstance(bad, float) else np.int64)
    wrong[place] = bad
    with pytest.raises(UsageError) as caught:
        made.witness(input_to_integers(wrong))
    said = shown(caught.value)
    assert not SPELLINGS.search(said)
    assert ", ".join(map(str, place)) in said


BAD_FILES = {
    "a number too large": ("x.json", b"[[1, 987654321" + b"0" * 400 + b"]]"),
    "an integer beyond 64 bits": ("x.json", b"[1, 987654321987654321987654321]"),
    "a number with letters": ("x.json", b"[1, 987654321x]"),
    "text": ("x.json", b'[1, "987654321"]'),
    "a file cut off": ("x.json", b"[[1, 2], [987654321"),
    "lists of different lengths": ("x.json", b"[[1, 987654321], [1]]"),
    "text in data": ("x.json", b'{"v": 1, "dim": [2], "data": [1, "987654321"]}'),
    "too many numbers": ("x.json", b'{"v": 1, "dim": [1], "data": [1, 987654321]}'),
    "no UTF-8": ("x.json", b"[987654321, \xff]"),
    "NaN beside it": ("x.json", b"[987654321, NaN]"),
    "a header that is data": ("x.npy", b"\x93NUMPY\x01\x00\x20\x00" + b"987654321 " * 8),
    "no magic": ("x.npy", b"987654321" * 9),
    "objects": (
        "x.npy",
        b"\x93NUMPY\x01\x00\x76\x00"
        + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}".ljust(117)
        + b"\n987654321",
    ),
    "another kind of file": ("x.txt", b"987654321"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_an_error_about_an_input_file_never_quotes_it(what: str, tmp_path: Path) -> None:
    name, data = BAD_FILES[what]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        input_to_integers(read_input(path))
    assert not SPELLINGS.search(shown(caught.value))


def test_the_check_over_integers_names_relation_and_index_and_never_a_value() -> None:
    """Each cell in turn holds the sentinel; the outputs too."""
    made, x = tiny()
    honest = made.witness(x)
    assert check_witness(made.statement, honest, made.weights.blocks)
    for place in np.ndindex(honest.rows.shape):
        rows = honest.rows.copy()
        rows[place] = SENTINEL
        with pytest.raises(RelationFails) as caught:
            check_witness(made.statement, Witness(rows, honest.outputs), made.weights.blocks)
        assert not SPELLINGS.search(shown(caught.value))


def test_the_sentinel_is_seen_where_it_stands() -> None:
    try:
        try:
            raise ValueError(f"at {SENTINEL}")
        except ValueError as error:
            raise UsageError("elsewhere") from error
    except UsageError as error:
        assert SPELLINGS.search(shown(error))
    assert SPELLINGS.search(repr(float(SENTINEL) * 1e30))
