"""zkinfer check: relations in integers."""

import json

import numpy as np
import pytest

from tests.cli.command_line import error_sentence, zkinfer
from tests.cli.proving import copy_small_proof


@pytest.fixture
def folder(tmp_path):
    copy_small_proof(tmp_path)
    return tmp_path


def test_every_relation_holds(folder):
    assert "every relation holds" in zkinfer("check", "keys", "input.json", folder=folder, check=0).stdout
    record = json.loads(zkinfer("check", "keys", "input.json", "--json", folder=folder, check=0).stdout)
    assert record["fine"] is True
    assert record["checked"]["contraction_products"] == 4 * 9 + 2 * 4


def test_rejects_an_entry_out_of_range_by_its_index_alone(folder):
    x = np.zeros((4, 4, 1), dtype=np.int64)
    x[1, 2, 0] = 12345
    np.save(folder / "input.npy", x)
    done = zkinfer("check", "keys", "input.npy", folder=folder, check=2)
    assert "index (1, 2, 0) is outside of the range -128..127" in error_sentence(done)
    assert "12345" not in done.stderr
