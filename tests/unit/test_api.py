"""The library's public functions, in values and without paths."""

import hashlib
import inspect
import re
import struct

import numpy as np
import pytest

import zkinfer as zk
from tests.house.tree import PROVER, files, name
from tests.unit.networks import small_input, small_network
from zkinfer import api
from zkinfer.execute.plain import execute
from zkinfer.graph.graph import Convolution, FullyConnected, MaxPool, Relu, sequential
from zkinfer.program.from_graph import program_of
from zkinfer.program.identity import model_id

RANGE = (-5, 4)


@pytest.fixture(scope="module")
def keys():
    return zk.setup(small_network(), input_range=RANGE)


def expected():
    graph = small_network()
    return tuple(execute(graph, small_input())[graph.nodes[-1].inputs[0]].tolist())


def test_proves_and_verifies(keys):
    proof = zk.prove(keys, small_input(), b"context")
    assert proof.outputs == (expected(),)
    outputs = zk.verify(keys.statement, proof.to_bytes(), context=b"context", model=small_network())
    assert outputs.integers == expected()
    norm = np.linalg.norm(expected())
    assert outputs.display == pytest.approx([value / norm for value in expected()])


def test_takes_the_input_by_name(keys):
    zk.prove(keys, {"input": small_input()})
    with pytest.raises(zk.UsageError, match="takes one input named 'input', got 'image'"):
        zk.prove(keys, {"image": small_input()})


def test_the_statement_survives_its_file(keys):
    proof = zk.prove(keys, small_input().tolist())
    assert zk.verify(zk.Statement.from_bytes(keys.statement.to_bytes()), proof.to_bytes()).integers == expected()


def test_rejects_another_context_digest_and_model(keys):
    data = zk.prove(keys, small_input(), b"one").to_bytes()
    with pytest.raises(zk.ProofError, match="another context"):
        zk.verify(keys.statement, data, context=b"two")
    with pytest.raises(zk.ProofError, match="expected 0000"):
        zk.verify(keys.statement, data, expect=bytes(32))
    other = sequential((2,), [FullyConnected(np.array([[1, 2]]))])
    with pytest.raises(zk.ProofError, match="statement is about model"):
        zk.verify(keys.statement, data, model=other)


def test_rejects_a_statement_that_names_a_model_but_commits_to_other_weights():
    ours, theirs = (sequential((3,), [FullyConnected(np.array([row]))]) for row in ([1, 2, 3], [3, 2, 1]))
    planned = api.plan(theirs, input_range=RANGE)
    named = api.plan(ours, input_range=RANGE).lowered
    forged = api.build_keys(api.Planned(planned.program, named, planned.prepared))
    data = zk.prove(forged, np.array([1, 0, 0])).to_bytes()
    assert zk.verify(forged.statement, data).integers == (3,)  # without the model this is all that can be known
    with pytest.raises(zk.ProofError, match="commits to other weights"):
        zk.verify(forged.statement, data, model=ours)


def test_rejects_a_statement_whose_relations_are_not_the_models():
    model = sequential((2,), [FullyConnected(np.array([[1, 2]]))])
    planned = api.plan(model, input_range=RANGE)
    relu = sequential((2,), [FullyConnected(np.array([[1, 2]])), Relu()])
    lowered = api.plan_program(program_of(relu, RANGE), planned.prepared.profile, model_id(model))
    forged = api.build_keys(api.Planned(program_of(relu, RANGE), lowered, api.prepare(lowered.statement)))
    data = zk.prove(forged, np.array([-1, 0])).to_bytes()
    with pytest.raises(zk.ProofError, match="relations are not those"):
        zk.verify(forged.statement, data, model=model)


def test_rejects_weights_that_are_not_integers():
    with pytest.raises(zk.UsageError, match=r"Layer conv1 \(convolution\): kernel\[0, 0, 0, 1\] is not an integer"):
        zk.setup(sequential((3, 3, 2), [Convolution(np.array([1.0, 0.5]).reshape(1, 1, 1, 2))]))


def test_rejects_a_context_beyond_the_limit(keys):
    with pytest.raises(zk.UsageError, match="The context has 1048577 bytes"):
        zk.prove(keys, small_input(), bytes(2**20 + 1))


def test_refuses_toy_unless_it_is_named():
    with pytest.raises(zk.UsageError, match="no soundness"):
        zk.setup(small_network(), profile="toy")
    keys = zk.setup(small_network(), profile="toy", allow_toy=True)
    with pytest.raises(zk.UsageError, match="no soundness"):
        zk.prove(keys, small_input())


@pytest.mark.parametrize("function", [zk.setup, zk.prove, zk.verify, zk.check, zk.infer, zk.load_keys])
def test_no_public_function_takes_randomness(function):
    assert not {"entropy", "seed", "random", "rng"} & set(inspect.signature(function).parameters)


def test_keys_and_witness_do_not_print_what_they_hold(keys):
    assert repr(keys) == f"Keys({keys.statement.digest.hex()})"


def test_the_models_name_depends_on_what_is_computed_only():
    kernel = np.arange(9).reshape(1, 3, 3, 1)
    graph = sequential((4, 4, 1), [Convolution(kernel), MaxPool((2, 2))])
    same = sequential((4, 4, 1), [Convolution(kernel.astype(np.int8)), MaxPool((2, 2))])
    assert model_id(graph) == model_id(same)
    others = [
        sequential((4, 4, 1), [Convolution(kernel + 1), MaxPool((2, 2))]),
        sequential((4, 4, 1), [Convolution(kernel), MaxPool((1, 2))]),
        sequential((4, 4, 1), [Convolution(kernel, np.zeros(1, dtype=int)), MaxPool((2, 2))]),
        sequential((4, 4, 1), [Convolution(kernel, padding=(1, 1, 1, 1)), MaxPool((2, 2))]),
        sequential((6, 4, 1), [Convolution(kernel), MaxPool((2, 2))]),
        sequential((4, 4, 1), [Convolution(kernel)]),
    ]
    assert len({model_id(graph), *map(model_id, others)}) == len(others) + 1


def test_the_models_name_does_not_depend_on_range_or_profile():
    names = {
        api.plan(small_network(), input_range=span, profile=profile).lowered.statement.model_id
        for span, profile in (((-5, 4), "standard"), ((-128, 127), "standard"), ((-5, 4), "small"))
    }
    assert len(names) == 1


def test_the_models_name_is_as_the_page_describes():
    """docs/identity.md, by hand."""

    def numbers(*values):
        return struct.pack(f"<{len(values)}q", *values)

    encoded = [
        b"zkinfer1/model\0\0",
        numbers(1),
        numbers(3, 2, 2, 1),
        numbers(3),
        numbers(11) + b"convolution",
        numbers(1, 0),
        numbers(9, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        numbers(2) + numbers(4, 1, 1, 1, 1) + numbers(-2) + numbers(0),
        numbers(8) + b"max_pool" + numbers(1, 1) + numbers(2, 2, 2) + numbers(0),
        numbers(4) + b"relu" + numbers(1, 2) + numbers(0) + numbers(0),
        numbers(3),
    ]
    graph = sequential((2, 2, 1), [Convolution(np.array([-2]).reshape(1, 1, 1, 1)), MaxPool((2, 2)), Relu()])
    assert model_id(graph) == hashlib.sha256(b"".join(encoded)).digest()
    assert model_id(graph).hex() == "2061c5054f0890ed66359944766af792fd06dcd1119575951a38e3e905dcc7d9"


def test_nothing_but_the_operating_system_seeds_the_prover():
    sources = {name(path): path.read_text() for path in files(PROVER, ".py") if path.name != "entropy.py"}
    built = {path: re.findall(r"\bEntropy(?:\.\w+)?\(", source) for path, source in sources.items()}
    fresh = ["Entropy.fresh("]
    expected = {"prover/src/zkinfer/api.py": fresh, "prover/src/zkinfer/bench/passes.py": fresh}
    assert {path: calls for path, calls in built.items() if calls} == expected
