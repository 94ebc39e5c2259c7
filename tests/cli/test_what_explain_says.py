"""Each choice of what is shown, on the command line: `explain` says it, and nothing that is hidden is in a file."""

import numpy as np
import pytest

import zkinfer as zk
from tests.cli.command_line import zkinfer
from tests.cli.networks import write_network
from zkinfer_verify.hashing.digest import encode_i64

CHOICES = [
    (False, False, None),
    (True, False, None),
    (True, True, "argmax"),
    (False, True, "top2"),
    (True, False, "threshold:0.5"),
]
"""Whether `features` is public, whether `vector` is hidden, and what is shown of the scores: all, or a label."""


def integers(folder, both):
    """The outputs' integers, by name, and those of the inputs in codes of 1/32."""
    found = {output.name: output.integers.reshape(-1) for output in zk.infer(folder / "model.onnx", both)}
    codes = {name: np.clip(np.rint(array * 32), -128, 127).astype(int).reshape(-1) for name, array in both.items()}
    return {name: encode_i64(values.tolist()) for name, values in (found | codes).items()}


@pytest.mark.parametrize(("public", "hidden", "label"), CHOICES)
def test_what_is_hidden_is_in_no_file_and_explain_says_so(tmp_path, public, hidden, label):
    both = write_network(tmp_path)
    options = ["--public-input", "features"] * public + ["--hide-output", "vector"] * hidden
    options += [] if label is None else ["--reveal", f"class/scores={label}"]
    zkinfer("setup", "model.onnx", "-o", "keys", *options, folder=tmp_path, check=0)
    zkinfer("prove", "keys", "both.npz", "-o", "proof.zkp", folder=tmp_path, check=0)
    said = zkinfer("explain", "keys/statement.zks", folder=tmp_path, check=0).stdout

    proof, statement = ((tmp_path / name).read_bytes() for name in ("proof.zkp", "keys/statement.zks"))
    shown = {"image": False, "features": public, "vector": not hidden, "class/scores": label is None}
    for name, values in integers(tmp_path, both).items():
        assert (values in proof) == shown[name], name
        assert values not in statement, name
    before, _, after = said.partition("\nHidden\n")
    for name in ("image", "features"):
        assert (f"{name}:" in after) != shown[name] and (f"{name}:" in before) == shown[name], said
    assert ("vector:" in said) == (not hidden), said
    assert (f"class/scores.{(label or '').partition(':')[0]}:" in before) == (label is not None), said
    assert ("class/scores:" in said) == (label is None), said
