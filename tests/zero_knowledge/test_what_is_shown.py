"""Per input and output, public or hidden: what is hidden is in no file and no answer, what is public is bound."""

import json

import numpy as np
import pytest

import zkinfer as zk
from tests.unit.integer_networks import branched, inputs
from zkinfer.network.disclosure import ALL_SHOWN
from zkinfer_verify.cli import accepted_record
from zkinfer_verify.explain import explain_statement, hidden_facts, public_facts
from zkinfer_verify.hashing.digest import encode_i64

TOY = {"profile": "toy", "allow_toy": True}


def made(disclosure: zk.Disclosure) -> tuple[zk.Keys, bytes, zk.Outputs, str]:
    """Keys, a proof, what it tells, and all that a verifier may print of it."""
    keys = zk.setup(branched(), disclosure=disclosure, **TOY)
    data = zk.prove(keys, inputs(), allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, data, model=branched(), allow_toy=True)
    record = accepted_record(keys.statement, outputs, 0.0, context=True, model=None, input_range=True)
    return keys, data, outputs, json.dumps(record) + explain_statement(keys.statement).text


def integers(name: str) -> tuple[int, ...]:
    """What inference gives of an output, or what an input's integers are."""
    if name == "features":
        return tuple(inputs()["features"].reshape(-1).tolist())
    found = {output.name: output.integers for output in zk.infer(branched(), inputs())}
    return tuple(found[name].reshape(-1).tolist())


def shown_in(name: str, keys: zk.Keys, data: bytes, printed: str) -> list[bool]:
    """Whether the statement names a tensor, the proof holds its integers, and the answers name or hold it."""
    values = integers(name)
    return [
        name.encode() in keys.statement.to_bytes(),
        encode_i64(values) in data,
        f'"{name}"' in printed or f"{name}:" in printed,
        ", ".join(map(str, values)) in printed,
    ]


def test_outputs_are_shown_unless_they_are_hidden():
    keys, data, outputs, printed = made(ALL_SHOWN)
    for name in ("scores", "vector"):
        assert shown_in(name, keys, data, printed)[1:] == [True, True, True]
    keys, data, outputs, printed = made(zk.Disclosure(hidden_outputs=("vector",)))
    assert [tensor.name for tensor in outputs.tensors] == ["scores"]
    assert shown_in("vector", keys, data, printed) == [False] * 4
    assert shown_in("scores", keys, data, printed)[1:] == [True, True, True]


def test_what_only_a_hidden_output_needs_is_not_proved():
    whole, less = (zk.setup(branched(), disclosure=d, **TOY) for d in (ALL_SHOWN, zk.Disclosure((), ("scores",))))
    assert any("scores" in column.name for column in whole.statement.columns)
    assert not any("scores" in column.name for column in less.statement.columns)


@pytest.mark.parametrize(("label", "count"), [("argmax", 1), ("top2", 2)])
def test_the_label_alone_is_shown(label, count):
    keys, data, outputs, printed = made(zk.Disclosure(hidden_outputs=("vector",), labels=(("scores", label),)))
    assert outputs.integers == tuple(np.argsort(-np.array(integers("scores")), kind="stable")[:count].tolist())
    assert [tensor.name for tensor in outputs.tensors] == [f"scores.{label}"]
    assert shown_in("scores", keys, data, printed)[1:] == [False] * 3
    assert encode_i64(integers("vector")) not in data


def test_a_label_shows_no_score():
    keys, data, outputs, printed = made(
        zk.Disclosure(hidden_outputs=("vector",), labels=(("scores", "threshold:0.5"),))
    )
    values = np.array(integers("scores")) * 0.25
    assert outputs.integers == tuple((values >= 0.5).astype(int).tolist())
    _, proof, label, text = shown_in("scores", keys, data, printed)
    assert not proof and not label and not text
    assert 0 < sum(outputs.integers) < 4


def test_a_public_input_is_shown_and_bound():
    keys, data, outputs, printed = made(zk.Disclosure(public_inputs=("features",)))
    assert [hidden.name for hidden in keys.statement.inputs] == ["pixels"]
    assert outputs.tensors[0].name == "features" and outputs.tensors[0].integers == integers("features")
    assert shown_in("features", keys, data, printed)[1:] == [True, True, True]
    at = data.find(encode_i64(integers("features")))
    changed = data[:at] + encode_i64([integers("features")[0] ^ 1]) + data[at + 8 :]
    with pytest.raises(zk.ProofError):
        zk.verify(keys.statement, changed, allow_toy=True)


def test_the_choice_is_said_and_is_part_of_the_statement():
    choices = [ALL_SHOWN, zk.Disclosure(("features",)), zk.Disclosure((), ("vector",))]
    choices.append(zk.Disclosure((), ("vector",), (("scores", "threshold:0"),)))
    made = [zk.setup(branched(), disclosure=choice, **TOY).statement for choice in choices]
    assert len({statement.digest for statement in made}) == 4 and len({s.model_id for s in made}) == 1
    assert public_facts(made[1])[1].startswith("features: 8 integers")
    assert [fact.split(":")[0] for fact in hidden_facts(made[1])] == ["pixels", "every value between input and output"]
    assert [fact.split(":")[0] for fact in public_facts(made[3])][1] == "scores.threshold"


def test_a_chain_has_no_choice():
    from tests.unit.networks import small_network

    with pytest.raises(zk.UsageError, match="hides its input and shows its output"):
        zk.setup(small_network(), disclosure=zk.Disclosure(hidden_outputs=("full1",)))


@pytest.mark.parametrize(
    ("disclosure", "sentence"),
    [
        (zk.Disclosure((), ("vector", "scores")), "Every output is hidden"),
        (zk.Disclosure(("pixels",), ("vector", "scores")), "Every output is hidden"),
        (zk.Disclosure(("image",)), "no input 'image'; it has 'pixels', 'features'"),
        (zk.Disclosure((), ("embedding",)), "no output 'embedding'; it has 'scores', 'vector'"),
        (zk.Disclosure((), (), (("scores", "threshold:0"), ("scores", "threshold:0"))), "would be shown twice"),
    ],
)
def test_refuses_a_choice_that_shows_nothing_or_names_nothing(disclosure, sentence):
    with pytest.raises(zk.UsageError, match=sentence):
        zk.setup(branched(), disclosure=disclosure, **TOY)
