"""Networks of general shape through the whole house: keys in memory and on disk, proofs, batches, the model's name."""

import hashlib
import json
import struct
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

import zkinfer as zk
from tests.unit.integer_networks import branched, inputs
from zkinfer import api
from zkinfer.artifacts.key_folder import load_keys
from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.network import Network, Node, Port
from zkinfer.network.operation import Operation
from zkinfer.network.rearrange import Reshape
from zkinfer.network.registry import OPERATIONS
from zkinfer.program.identity import model_id
from zkinfer_verify.check import work

TOY = {"profile": "toy", "allow_toy": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder):
    return zk.setup(branched(), folder=folder, **TOY)


def shown(x):
    return [tuple(output.integers.reshape(-1).tolist()) for output in zk.infer(branched(), x)]


def test_what_is_proved_is_what_inference_gives(keys):
    data = zk.prove(keys, inputs(), b"context", allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, data, context=b"context", model=branched(), allow_toy=True)
    assert [tensor.name for tensor in outputs.tensors] == ["scores", "vector"]
    assert [tensor.integers for tensor in outputs.tensors] == shown(inputs())
    values = [output.values.reshape(-1) for output in zk.infer(branched(), inputs())]
    for tensor, expected in zip(outputs.tensors, values, strict=True):
        np.testing.assert_array_equal(tensor.display, expected)


def test_an_input_is_quantised_as_the_model_does_it():
    reals = np.array([-9.0, -1.0, 0.0078125, 0.0234375, 0.03, 9.0])  # saturated; ties go to the even neighbour
    port = Port("x", "x", (6,), -100, 155, 1 / 64, -28, quantised=True)
    network = Network((port,), (Node("y", Apply(-100, 155, np.arange(-100, 156)), ("x",)),), ())
    (found,) = api.program_for(network).read(reals, 1)
    assert found["x"].tolist() == [-100, -64, 0, 2, 2, 155]


def test_the_keys_derive_the_same_statement_again(keys, folder):
    loaded = load_keys(folder, allow_toy=True)
    assert loaded.statement.to_bytes() == keys.statement.to_bytes() == (folder / "statement.zks").read_bytes()
    assert model_id(loaded.model) == model_id(keys.model) == keys.statement.model_id
    data = zk.prove(loaded, inputs(1), allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, data, allow_toy=True)
    assert [tensor.integers for tensor in outputs.tensors] == shown(inputs(1))


def test_several_inputs_in_one_proof(keys):
    two = zk.batch(keys, 2)
    both = {name: np.stack([inputs(2)[name], inputs(3)[name]]) for name in inputs()}
    data = zk.prove(two, both, allow_toy=True).to_bytes()
    outputs = zk.verify(two.statement, data, model=branched(), allow_toy=True)
    for k, tensor in enumerate(outputs.tensors):
        assert tensor.integers == shown(inputs(2))[k] + shown(inputs(3))[k]


@pytest.mark.parametrize("shape", [(2, 3), (1,), ()])
@pytest.mark.parametrize("public", [True, False])
def test_keys_of_several_inputs_are_derived_again_whatever_is_public_of_them(shape, public):
    spec = Combine((3,)).spec([Port("x", "x", shape, -9, 9, 1.0).spec], "here")
    shown = Port("y", "y", shape, spec.lo, spec.hi, 1.0, public=True)
    network = Network((Port("x", "x", shape, -9, 9, 1.0),), (Node("y", Combine((3,)), ("x",)),), (shown,))
    three = zk.batch(zk.setup(network, disclosure=zk.Disclosure(public_inputs=("x",) if public else ()), **TOY), 3)
    api.check_model(three.statement, network, allow_toy=True)


def test_rejects_an_output_when_it_has_too_many_axes_for_all_inputs_together():
    port, shape = Port("x", "x", (2, 3), -9, 9, 1.0), (1, 1, 2, 1, 3, 1, 1, 1)
    shown = Port("y", "y", shape, -9, 9, 1.0, public=True)
    keys = zk.setup(Network((port,), (Node("y", Reshape(shape), ("x",)),), (shown,)), **TOY)
    with pytest.raises(zk.UsageError, match="'y' has 9 axes, with the one of the inputs that are proved together"):
        zk.batch(keys, 2)


def test_what_is_too_much_for_the_short_rows_of_toy_is_told_to_try_standard():
    with patch.object(work, "MAX_WORK", 0):
        with pytest.raises(zk.UsageError, match=r"in parts; rows of profile toy are short, try --profile standard\.$"):
            api.plan(branched(), **TOY)
        with pytest.raises(zk.UsageError, match=r"prove a smaller network, or one in parts$"):
            api.plan(branched())


def test_every_relation_holds(keys):
    assert zk.check(keys, inputs()).contraction_products > 0


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (np.zeros((1, 2, 6, 5)), "takes several inputs, 'pixels', 'features'; pass a mapping"),
        ({"pixels": 0}, "takes inputs named 'pixels', 'features', got 'pixels'"),
        ({**inputs(), "features": np.zeros((8, 1))}, r"'features' has shape \(8, 1\), the network takes \(1, 8\)"),
        (
            {**inputs(), "features": np.zeros((5, 1, 8))},
            r"takes \(1, 8\); give one of them, or several at once as files",
        ),
        ({**inputs(), "features": [[1], [2, 3]]}, "'features' has lists of different lengths"),
        ({**inputs(), "features": [["a"] * 8]}, "'features' holds <U1, not real numbers"),
        ({**inputs(), "features": np.full((1, 8), 0.5)}, r"'features': the entry at index \(0, 0\) is not an integer"),
        ({**inputs(), "features": np.full((1, 8), 101)}, r"at index \(0, 0\) is outside of the codes -100..100"),
        ({**inputs(), "pixels": np.full((1, 2, 6, 5), np.nan)}, r"'pixels': .* is not a finite number"),
    ],
)
def test_refuses_an_input_that_does_not_fit(x, sentence, keys):
    with pytest.raises(zk.UsageError, match=sentence):
        zk.prove(keys, x, allow_toy=True)


def test_an_input_may_range_less_far_and_does_not_saturate_there():
    keys = zk.setup(branched(), input_range=(-50, 50), **TOY)
    assert {(hidden.lo, hidden.hi) for hidden in keys.statement.inputs} == {(-50, 50)}
    small = {"pixels": inputs()["pixels"] / 4, "features": inputs()["features"] // 4}
    data = zk.prove(keys, small, allow_toy=True).to_bytes()
    outputs = zk.verify(keys.statement, data, model=branched(), input_range=(-50, 50), allow_toy=True)
    assert [tensor.integers for tensor in outputs.tensors] == shown(small)
    with pytest.raises(zk.UsageError, match=r"'pixels': .* is outside of the codes -78..22 that setup fixed"):
        zk.prove(keys, inputs() | {"features": np.zeros((1, 8))}, allow_toy=True)
    with pytest.raises(zk.UsageError, match=r"'features' holds integers in -100..100, and -120..50 is no range within"):
        zk.setup(branched(), input_range=(-120, 50), **TOY)


def test_rejects_the_statement_of_another_network(keys):
    data = zk.prove(keys, inputs(), allow_toy=True).to_bytes()
    network = branched()
    moved = replace(network.outputs[0], scale=0.5)
    with pytest.raises(zk.ProofError, match="the statement is about model"):
        other = Network(network.inputs, network.nodes, (moved, network.outputs[1]))
        zk.verify(keys.statement, data, model=other, allow_toy=True)


def test_every_operation_can_be_stored():
    def kinds(kind):
        return {own for child in kind.__subclasses__() for own in (child, *kinds(child))}

    ours = {kind for kind in kinds(Operation) if kind.__module__.startswith("zkinfer.network.")}
    assert ours == set(OPERATIONS.values())
    assert {name: kind.kind for name, kind in OPERATIONS.items()} == {name: name for name in OPERATIONS}


def rewritten(folder, target, change):
    """Copy a key folder with another header in its model file."""
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    data = (folder / "weights.zkw").read_bytes()
    (length,) = struct.unpack("<Q", data[16:24])
    document = json.loads(data[24 : 24 + length])
    change(document)
    header = json.dumps(document).encode()
    start = data[:16] + struct.pack("<Q", len(header)) + header
    body = data[-(-(24 + length) // 64) * 64 :]
    (target / "weights.zkw").write_bytes(start + bytes(-len(start) % 64) + body)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("an unknown form", lambda d: d.update(form="tree"), "damaged header"),
        ("an unknown kind", lambda d: d["nodes"][1].update(kind="os.system"), "damaged header"),
        ("an unknown setting", lambda d: d["nodes"][1]["settings"].update(colour=1), "damaged header"),
        ("no inputs", lambda d: d.pop("inputs"), "damaged header"),
        ("a broken chain", lambda d: d["nodes"][1].update(inputs=["nothing"]), "damaged header"),
        ("no stride", lambda d: d["nodes"][0]["settings"].update(stride=[0, 0]), "damaged header"),
        ("a large array", lambda d: d["nodes"][0]["settings"]["kernel"].update(shape=[2**40] * 4), "bytes where"),
        ("an extent that is no number", lambda d: d["inputs"][0].update(shape=["1", 2, 6, 5]), "damaged header"),
        ("another shift", lambda d: d["nodes"][1]["settings"].update(shift=5), "of different setups"),
        ("a hidden output", lambda d: d["outputs"][1].update(public=False), "of different setups"),
        ("another range", lambda d: d["inputs"][1].update(lo=-99), "of different setups"),
    ],
)
def test_rejects_a_changed_model_file(name, change, sentence, keys, folder, tmp_path):
    rewritten(folder, tmp_path, change)
    with pytest.raises(zk.UsageError, match=sentence):
        load_keys(tmp_path, allow_toy=True)


def test_the_models_name_depends_on_what_is_computed_only():
    network = branched()
    names = {model_id(network)}
    renamed = [replace(node, name=f"n{k}") for k, node in enumerate(network.nodes)]
    numbers = {node.name: f"n{k}" for k, node in enumerate(network.nodes)}
    renamed = [replace(node, inputs=tuple(numbers.get(name, name) for name in node.inputs)) for node in renamed]
    ports = tuple(replace(port, name="o", tensor=numbers[port.tensor]) for port in network.outputs)
    assert model_id(Network(network.inputs, tuple(renamed), ports)) in names
    assert model_id(network.within((-5, 5))) in names
    hidden = tuple(replace(port, public=not port.public) for port in network.outputs)
    assert model_id(Network(network.inputs, network.nodes, hidden)) in names
    shifted = replace(network.nodes[1], op=replace(network.nodes[1].op, shift=5))
    others = [
        Network(network.inputs, (*network.nodes[:1], shifted, *network.nodes[2:]), network.outputs),
        Network(network.inputs, network.nodes, network.outputs[:1]),
        Network((replace(network.inputs[0], scale=1.0), network.inputs[1]), network.nodes, network.outputs),
    ]
    assert len(names | set(map(model_id, others))) == 4


def test_the_models_name_is_as_the_page_describes():
    """docs/identity.md, by hand."""

    def numbers(*values):
        return struct.pack(f"<{len(values)}q", *values)

    def text(value):
        return numbers(len(value)) + value.encode()

    port = Port("x", "x", (1, 2), 0, 1, 0.5, 3, quantised=True)
    table = Node("y", Apply(0, 1, np.array([7, -8], dtype=np.int16)), ("x",))
    network = Network((port,), (table,), (Port("y", "y", (1, 2), -8, 7, 0.25, public=True),))
    encoded = [
        b"zkinfer1/model\0\0",
        numbers(2, 1),
        numbers(2, 1, 2) + struct.pack("<d", 0.5) + numbers(3, 1),
        numbers(1),
        text("apply") + numbers(1, 0) + text('{"hi":1,"least":null,"lo":0}') + numbers(1),
        text("values") + numbers(1, 2) + numbers(7, -8),
        numbers(1),
        numbers(1) + struct.pack("<d", 0.25) + numbers(0, 0) + text("none"),
    ]
    assert model_id(network) == hashlib.sha256(b"".join(encoded)).digest()
