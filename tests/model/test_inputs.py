"""Inputs: .npy, .npz and two kinds of .json; what is broken is refused, and secret values are never shown."""

import io

import numpy as np
import pytest

from zkinfer.frontend.inputs import read_given, read_input, read_inputs
from zkinfer_verify.errors import UsageError


def many_axes() -> bytes:
    """A number under seventy axes, which numpy cannot hold."""
    header = str({"descr": "<i8", "fortran_order": False, "shape": (1,) * 70}).encode() + b"\n"
    return b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header + bytes(8)


def npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


X = np.arange(24, dtype=np.int16).reshape(2, 3, 4)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32, ">i4", "<f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_reads_npy_of_any_number_type_and_order(dtype, order, tmp_path):
    (tmp_path / "x.npy").write_bytes(npy(np.asarray(X, dtype=dtype, order=order)))
    assert np.array_equal(read_input(tmp_path / "x.npy"), X)
    assert read_input(tmp_path / "x.npy").dtype == np.dtype(dtype)


def test_reads_nested_lists(tmp_path):
    (tmp_path / "x.json").write_text(str(X.tolist()))
    assert read_input(tmp_path / "x.json").dtype == np.int64
    assert np.array_equal(read_input(tmp_path / "x.json"), X)
    (tmp_path / "x.json").write_text("[[1, 2.5]]")
    assert read_input(tmp_path / "x.json").tolist() == [[1.0, 2.5]]


def npz(compressed: bool = False, **arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
def test_reads_several_arrays_by_their_names(compressed, tmp_path):
    (tmp_path / "x.npz").write_bytes(npz(compressed, **{"a/b:0": X, "c": X[0] + 1}))
    given = read_given(tmp_path / "x.npz")
    assert isinstance(given, dict) and list(given) == ["a/b:0", "c"]
    assert np.array_equal(given["a/b:0"], X) and np.array_equal(given["c"], X[0] + 1)
    (tmp_path / "y.npz").write_bytes(npz(**{"a/b:0": X + 5, "c": X[0]}))
    both = read_inputs([tmp_path / "x.npz", tmp_path / "y.npz"])
    assert isinstance(both, dict) and both["c"].shape == (2, 3, 4) and np.array_equal(both["a/b:0"][1], X + 5)
    (tmp_path / "y.npz").write_bytes(npz(c=X[0]))
    with pytest.raises(UsageError, match=r"y.npz: has shape c \(3, 4\) and .*x.npz has a/b:0 \(2, 3, 4\), c"):
        read_inputs([tmp_path / "x.npz", tmp_path / "y.npz"])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"hello", "not an .npz file"),
        (npz(x=X)[:-30], "not an .npz file"),
        (npz(x=X).replace(bytes(X[1]), bytes(X[0])), "not an .npz file"),
        (npz(x=X * 1j), "holds complex128, not real numbers"),
        (npz(x=np.array([1.0, np.inf])), "NaN or infinite"),
    ],
)
def test_rejects_an_npz_file(raw, reason, tmp_path):
    (tmp_path / "x.npz").write_bytes(raw)
    with pytest.raises(UsageError, match=reason):
        read_given(tmp_path / "x.npz")


def test_rejects_an_npz_file_that_would_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("zkinfer.frontend.inputs.MAX_UNPACKED", 100)
    (tmp_path / "x.npz").write_bytes(npz(True, x=np.zeros(1000)))
    with pytest.raises(UsageError, match="unpacks to more than 100 bytes"):
        read_given(tmp_path / "x.npz")


def test_truth_values_are_the_integers_0_and_1(tmp_path):
    (tmp_path / "x.npy").write_bytes(npy(X > 3))
    found = read_given(tmp_path / "x.npy")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, (X > 3).astype(np.uint8))


BROKEN = [
    ("the extension is unknown", "x.txt", b"", "npy or .json"),
    ("it is no .npy", "x.npy", b"hello", "not a .npy file"),
    ("it is empty", "x.npy", b"", "not a .npy file"),
    ("it is cut short", "x.npy", npy(X)[:-1], "needs 48 bytes, but 47"),
    ("it goes on", "x.npy", npy(X) + b"0", "needs 48 bytes, but 49"),
    ("the header claims more", "x.npy", npy(X).replace(b"(2, 3, 4)", b"(9**, 4) "), "not a .npy file"),
    ("the shape is huge", "x.npy", npy(X).replace(b"(2, 3, 4), }   ", b"(2, 3, 40**9)} "[:15]), "npy file"),
    ("the header is no expression", "x.npy", npy(X).replace(b"'descr'", b"'desc{("), "not a .npy file"),
    ("the header never ends", "x.npy", npy(X).replace(b"{'descr'", b"{'desc(("), "not a .npy file"),
    ("sizes are negative", "x.npy", npy(X).replace(b"(2, 3, 4), }  ", b"(-2, 3, -4), }"), "of 1 to 8 axes"),
    ("there are too many axes", "x.npy", many_axes(), "of 1 to 8 axes"),
    ("the shape is larger", "x.npy", npy(X).replace(b"(2, 3, 4)", b"(9, 9, 9)"), "needs 1458 bytes"),
    ("it holds objects", "x.npy", npy(np.array([{}, None]), allow_pickle=True), "not real numbers"),
    ("it holds complex numbers", "x.npy", npy(X * 1j), "not real numbers"),
    ("it holds words", "x.npy", npy(np.array(["a"])), "not real numbers"),
    ("it holds records", "x.npy", npy(np.zeros(2, dtype=[("a", "i4")])), "not real numbers"),
    ("it holds nothing", "x.npy", npy(np.zeros((0, 3))), "needs 0 bytes"),
    ("it holds a NaN", "x.npy", npy(np.array([1.0, np.nan])), "NaN or infinite"),
    ("lists are ragged", "x.json", b"[[1, 2], [3]]", "1 level(s) deep are not all of length 2"),
    ("lists are uneven", "x.json", b"[[1, 2], 3]", "1 level(s) deep"),
    ("lists go deeper", "x.json", b"[[1, 2], [3, [4]]]", "2 level(s) deep is not a number"),
    ("lists are empty", "x.json", b"[[], []]", "not a number"),
    ("the list is empty", "x.json", b"[]", "not a number"),
    ("an entry is a word", "x.json", b'[1, "2"]', "not a number"),
    ("an entry is a bool", "x.json", b"[1, true]", "not a number"),
    ("an entry is null", "x.json", b"[1, null]", "not a number"),
    ("an entry is an object", "x.json", b"[1, {}]", "not a number"),
    ("lists are nested without end", "x.json", b"[" * 900 + b"1" + b"]" * 900, "not a number"),
    ("an integer is huge", "x.json", b"[123456789012345678901234567890]", "out of range"),
    ("it is a number", "x.json", b"5", "nested lists"),
    ("it is cut short", "x.json", b"[[1, 2], [3", "line 1, column 12"),
    ("the array's v is missing", "x.json", b'{"dim": [1], "data": [1]}', "'v' is missing"),
    ("the array's data is nested", "x.json", b'{"v": 1, "dim": [2], "data": [1, [2]]}', '"data"[1] is not a number'),
    ("the array's dim differs", "x.json", b'{"v": 1, "dim": [2, 2], "data": [1, 2]}', "needs 4 numbers"),
]


@pytest.mark.parametrize(
    ("name", "raw", "reason"), [c[1:] for c in BROKEN], ids=[f"{c[1]} when {c[0]}" for c in BROKEN]
)
def test_rejects_an_input_file(name, raw, reason, tmp_path):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(UsageError) as error:
        read_input(tmp_path / name)
    assert name in str(error.value)
    assert reason in str(error.value)


def test_rejects_a_missing_input(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read_input(tmp_path / "x.npy")
