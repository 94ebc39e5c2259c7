"""Keys on disk: whole or not at all, and refused in one sentence when damaged."""

import errno
import json
import os
import struct

import numpy as np
import pytest

import zkinfer as zk
from tests.unit.networks import small_input, small_network
from zkinfer.artifacts import staging
from zkinfer.artifacts.key_folder import load_keys
from zkinfer.artifacts.staging import locked, staged, write_file

NAMES = {"statement.zks", "weights.zkw", "weights.code"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    zk.setup(small_network(), input_range=(-5, 4), folder=str(folder))
    return folder


@pytest.fixture
def folder(made, tmp_path):
    for name in NAMES:
        (tmp_path / name).write_bytes((made / name).read_bytes())
    return tmp_path


def test_keys_are_the_same_from_memory_and_from_disk(folder):
    ours, theirs = zk.setup(small_network(), input_range=(-5, 4)), load_keys(str(folder))
    assert ours.statement.to_bytes() == theirs.statement.to_bytes() == (folder / "statement.zks").read_bytes()
    assert np.array_equal(ours.weights.committed.code, theirs.weights.committed.code)
    assert np.array_equal(ours.weights.committed.levels, theirs.weights.committed.levels)
    assert theirs.model == ours.model
    data = zk.prove(theirs, small_input()).to_bytes()
    zk.verify(ours.statement, data)


def test_the_code_is_mapped_read_only(folder):
    code = load_keys(folder).weights.committed.code
    assert isinstance(code, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        code[0, 0] = 0


@pytest.mark.parametrize("name", sorted(NAMES))
def test_rejects_another_version(name, folder):
    data = bytearray((folder / name).read_bytes())
    data[8:16] = struct.pack("<Q", 99)
    (folder / name).write_bytes(data)
    with pytest.raises(zk.UsageError, match=rf"{name}: .*version 99, this program reads version \d.*run zkinfer setup"):
        load_keys(folder)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_rejects_another_magic(name, folder):
    (folder / name).write_bytes(b"PNG" + (folder / name).read_bytes()[3:])
    with pytest.raises(zk.UsageError, match=rf"{name}: .*first eight bytes differ.*run zkinfer setup"):
        load_keys(folder)


@pytest.mark.parametrize("name", ["weights.zkw", "weights.code"])
@pytest.mark.parametrize("change", ["drop", "append"])
def test_rejects_a_size_that_differs_from_the_header(name, change, folder):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-1] if change == "drop" else data + b"\0")
    with pytest.raises(zk.UsageError, match=rf"{name}: has \d+ bytes where \d+ are expected"):
        load_keys(folder)


def rewrite_header(folder, change):
    data = (folder / "weights.zkw").read_bytes()
    (length,) = struct.unpack("<Q", data[16:24])
    document = json.loads(data[24 : 24 + length])
    change(document)
    header = json.dumps(document).encode()
    body = data[-(-(24 + length) // 64) * 64 :]
    start = data[:16] + struct.pack("<Q", len(header)) + header
    (folder / "weights.zkw").write_bytes(start + bytes(-len(start) % 64) + body)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("huge array", lambda d: d["nodes"][0]["settings"]["kernel"].update(shape=[2**40] * 4), "bytes where"),
        (
            "negative extent",
            lambda d: d["nodes"][0]["settings"]["kernel"].update(shape=[-3, 3, 3, 2]),
            "damaged header",
        ),
        ("objects", lambda d: d["nodes"][0]["settings"]["kernel"].update(type="object"), "damaged header"),
        ("unknown layer", lambda d: d["nodes"][0].update(layer_type="nothing"), "damaged header"),
        ("unknown setting", lambda d: d["nodes"][0]["settings"].update(colour=1), "damaged header"),
        ("broken chain", lambda d: d["nodes"][1].update(inputs=["nothing"]), "damaged header"),
        ("no nodes", lambda d: d.pop("nodes"), "damaged header"),
        ("another range", lambda d: d.update(input_range=[-6, 4]), "of different setups"),
        ("another plan", lambda d: d["plan"].update(row_vars=d["plan"]["row_vars"] + 1), "of different setups"),
    ],
)
def test_rejects_a_changed_header(name, change, sentence, folder):
    rewrite_header(folder, change)
    with pytest.raises(zk.UsageError, match=sentence):
        load_keys(folder)


def test_rejects_files_of_two_setups(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    zk.setup(small_network(), input_range=(-6, 4), folder=other)
    for name, sentence in (("weights.code", "belongs to another statement"), ("weights.zkw", "of different setups")):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes((other / name).read_bytes())
        with pytest.raises(zk.UsageError, match=sentence):
            load_keys(folder)
        (folder / name).write_bytes(kept)


def test_rejects_a_tree_with_another_root(folder):
    data = bytearray((folder / "weights.code").read_bytes())
    data[-1] ^= 1
    (folder / "weights.code").write_bytes(data)
    with pytest.raises(zk.UsageError, match="another root"):
        load_keys(folder)


def test_a_code_that_was_cut_after_it_was_loaded_is_named(folder):
    keys, path = load_keys(folder), folder / "weights.code"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(zk.UsageError, match=r"weights\.code: ends before the code .*; run zkinfer setup again"):
        keys.weights.committed.open_columns([100])


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(staging, "reserve", full)
    with pytest.raises(zk.UsageError, match=r"No space left on device.*free some space"):
        zk.setup(small_network(), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_error_on_the_way_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "proof").write_bytes(b"old")

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(zk.UsageError, match="proof: cannot be written"):
        write_file(tmp_path / "proof", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"proof": b"old"}


def test_the_last_file_placed_is_the_last_one_named(tmp_path, monkeypatch):
    order = []
    honest = staging.Path.replace
    monkeypatch.setattr(staging.Path, "replace", lambda self, target: order.append(target.name) or honest(self, target))
    zk.setup(small_network(), folder=tmp_path)
    assert order[-1] == "statement.zks" and set(order) == NAMES


def test_a_setup_removes_what_a_killed_one_left(tmp_path):
    (tmp_path / ".weights.code.123.tmp").write_bytes(b"left")
    (tmp_path / "notes.txt").write_text("mine")
    zk.setup(small_network(), folder=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == NAMES | {"notes.txt"}


def test_two_setups_do_not_write_to_one_folder(tmp_path):
    with (
        locked(tmp_path, ()),
        pytest.raises(zk.UsageError, match="another setup is writing here"),
        locked(tmp_path, ()),
    ):
        pass


def test_a_block_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), staged(tmp_path) as files:
        files.write("one", b"1")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
