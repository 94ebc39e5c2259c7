"""Domain tags: sixteen bytes, and no two uses of the hash share one."""

import pytest

from zkinfer_verify.hashing import digest
from zkinfer_verify.hashing.digest import TAG_BYTES, tag


def test_a_tag_is_padded_to_its_length():
    assert tag("zkinfer1/node") == b"zkinfer1/node\0\0\0"
    assert tag("x" * TAG_BYTES) == b"x" * TAG_BYTES


def test_rejects_a_tag_when_it_is_longer_because_two_cut_ones_could_be_equal():
    with pytest.raises(ValueError, match="longer than 16 bytes"):
        tag("x" * (TAG_BYTES + 1))


def test_every_use_has_its_own_tag():
    uses = ("LEAF_WEIGHTS", "LEAF_WITNESS", "LEAF_PADS", "NODE", "STATEMENT", "MODEL", "TRANSCRIPT")
    assert len({getattr(digest, use) for use in uses}) == len(uses)
