"""Every number of the format is the one on the page: docs/protocol.md, 1 to 4 and 8, read as it stands."""

import re
from types import ModuleType

import pytest

from tests.house.tree import ROOT
from zkinfer_verify.check import messages, opening, pads
from zkinfer_verify.field import extension, prime
from zkinfer_verify.hashing import digest
from zkinfer_verify.params.profile import PROFILES
from zkinfer_verify.proof import decode, proof
from zkinfer_verify.statement import limits, relations, statement

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

# Each row of 3.10 by how it begins, and the constants that its right side writes out, in order; a number is itself.
ROWS: dict[str, tuple[str | int, ...]] = {
    "bytes of a statement": ("MAX_STATEMENT_BYTES", "MAX_CONTEXT_BYTES"),
    "rows of W": ("MAX_ROWS", 1, "MAX_ROWS"),
    "columns; leaf rows": ("MAX_COLUMNS", "MAX_LEAF_ROWS"),
    "axes of a tensor": (1, "MAX_AXES", "MAX_CELLS"),
    "rows of a table": ("MAX_TABLE_ROWS", "MAX_RUNS", "MAX_FACTORS"),
    "lookup entries and vanish entries": ("MAX_ENTRIES",),
    "iteration axes and values": ("MAX_ITERATION_AXES", "MAX_PRODUCTS", "MAX_PRODUCTS"),
    "iteration values of an operand's axis": ("MAX_GRID_CELLS",) * 3,
    "entries of all outputs": ("MAX_OUTPUT_ENTRIES",),
    "items absorbed": ("MAX_MESSAGES",),
    "elements that are computed": ("MAX_WORK",),
}

# What the page says in words of sections 1, 2, 3, 5 and 8.
NUMBERS: dict[str, tuple[ModuleType, dict[str, object]]] = {
    "p = 2^64 - 2^32 + 1": (prime, {"P": 18446744069414584321}),
    "F[X]/(X^2 - 7)": (extension, {"DEGREE": 2, "NON_RESIDUE": 7}),
    "7 w^j": (prime, {"GENERATOR": 7}),
    "then b: 16 bytes": (extension, {"EXT_BYTES": 16}),
    "padded with zero bytes to 16": (digest, {"TAG_BYTES": 16}),
    "Salts have 32 bytes": (digest, {"SALT_BYTES": 32}),
    "their\nlength 32 stands": (digest, {"DIGEST_BYTES": 32}),
    "`zkinfer1/`": (digest, {"NODE": b"zkinfer1/node\0\0\0"}),
    "`stmt`": (digest, {"STATEMENT": b"zkinfer1/stmt\0\0\0"}),
    "`model`": (digest, {"MODEL": b"zkinfer1/model\0\0"}),
    "`trans`": (digest, {"TRANSCRIPT": b"zkinfer1/trans\0\0"}),
    "`leaf/W`": (digest, {"LEAF_WEIGHTS": b"zkinfer1/leaf/W\0"}),
    "`leaf/A`": (digest, {"LEAF_WITNESS": b"zkinfer1/leaf/A\0"}),
    "`leaf/Q`": (digest, {"LEAF_PADS": b"zkinfer1/leaf/Q\0"}),
    "`ZKISTMT\\0`, version 1": (statement, {"MAGIC": b"ZKISTMT\0", "VERSION": 1}),
    "`none`, `l2_normalize`": (statement, {"EPILOGUES": ("none", "l2_normalize")}),
    "-1, the tensor's next axis": (relations, {"ALONG": -1}),
    "-2, the tensor is constant": (relations, {"BROADCAST": -2}),
    "as two rows of F: its a,": (opening, {"MASK_ROWS": 2}),
    "masks P, M0, M1 over E": (pads, {"MASK_ROWS": 6}),
    "max(2^20, ceil(products/64)": (messages, {"LEAST_ZEROS": 1 << 20}),
    "`ZKIPROF\\0`, version 1": (proof, {"MAGIC": b"ZKIPROF\0", "VERSION": 1}),
    "context length, context | 8 + length": (decode, {"HEADER_BYTES": 16 + 32 + 8}),
}


def table_rows(head: str) -> dict[str, list[str]]:
    """Return the rows of the table with this head: the cells behind the first, by the first."""
    lines = PAGE[PAGE.index(head) :].splitlines()
    rows: dict[str, list[str]] = {}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        rows[first] = rest
    return rows


def numbers(text: str) -> list[int]:
    """Read "1 .. 8; 2^32" as its numbers."""
    return [int(base) ** int(power or 1) for base, power in re.findall(r"(\d+)(?:\^(\d+))?", text)]


def test_every_limit_is_the_pages():
    rows = table_rows("| what | limit |")
    assert len(rows) == len(ROWS)
    for begins, names in ROWS.items():
        (right,) = (cells[0] for first, cells in rows.items() if first.startswith(begins))
        assert numbers(right) == [name if isinstance(name, int) else getattr(limits, name) for name in names], begins


def test_every_limit_has_a_row():
    named = {name for names in ROWS.values() for name in names if isinstance(name, str)}
    assert named == {name for name in vars(limits) if name.startswith("MAX_")}


def test_every_profile_is_the_pages():
    rows = table_rows("| profile | rows K |")
    assert rows.keys() == PROFILES.keys()
    for name, (rows_k, rate, pad_row, pad_rate, queries) in rows.items():
        profile = PROFILES[name]
        first, last = (numbers(rows_k)[0], numbers(rows_k)[-1])
        assert profile.name == name
        assert [1 << row_vars for row_vars in profile.row_vars] == [
            1 << k for k in range(first.bit_length() - 1, last.bit_length())
        ]
        assert (1 << profile.log_inv_rate, 1 << profile.pad_row_vars) == (int(rate), int(pad_row))
        assert 1 << profile.pad_log_inv_rate == int(pad_rate)
        assert profile.fixed_queries == (int(queries[0]) if name == "toy" else None)
        assert profile.soundness_bits == (0 if name == "toy" else 100)
    assert "2^-100" in rows["standard"][-1] and rows["small"][-1] == "the same"


@pytest.mark.parametrize("words", NUMBERS)
def test_a_number_of_the_format_is_the_pages(words):
    assert words in PAGE
    module, values = NUMBERS[words]
    assert {name: getattr(module, name) for name in values} == values


def test_the_field_has_the_roots_that_codes_need():
    assert (prime.P - 1) % (1 << prime.TWO_ADICITY) == 0 and (prime.P - 1) >> prime.TWO_ADICITY & 1
