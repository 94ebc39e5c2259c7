"""The whole way from model to outputs: the one place that joins the stages.

    model --setup--> Keys;  Keys + input --prove--> Proof;  Statement + bytes --verify--> Outputs, or ProofError

Randomness has no parameter here: it is always the operating system's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from zkinfer.artifacts.key_folder import key_folder, load_keys
from zkinfer.artifacts.keys import Keys
from zkinfer.frontend.load import load
from zkinfer.graph.operator import Shape
from zkinfer.kernels import native
from zkinfer.kernels.vectors import KernelVectors
from zkinfer.network.disclosure import ALL_SHOWN, Disclosure, InputRange
from zkinfer.program.check import Checked, check_witness
from zkinfer.program.from_model import integral, program_as_stated, program_for
from zkinfer.program.identity import model_id
from zkinfer.program.inference import Output, infer_model
from zkinfer.program.lower import NO_MODEL, Lowered, lower, with_model, with_root
from zkinfer.program.planner import follow_plan, plan_program
from zkinfer.program.program import Model as LoadedModel
from zkinfer.program.program import Program
from zkinfer.program.ready import ready
from zkinfer.program.weights import Block, weight_blocks
from zkinfer.program.witness import compute_witness
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.prover import Step, no_steps
from zkinfer.prove.prover import prove as prove_witness
from zkinfer.prove.weights import Weights, commit_weights, encode_weights
from zkinfer.report.estimate import estimate_prove, estimate_setup, require_memory
from zkinfer_verify.api import verify as verify_statement
from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.errors import InternalError, ProofError, UsageError
from zkinfer_verify.params.profile import profile_named
from zkinfer_verify.proof.outputs import Outputs
from zkinfer_verify.proof.proof import Proof
from zkinfer_verify.statement.column import Oracle
from zkinfer_verify.statement.limits import MAX_CONTEXT_BYTES
from zkinfer_verify.statement.statement import Statement

__all__ = [
    "Disclosure",
    "Keys",
    "Planned",
    "batch",
    "build_keys",
    "check",
    "infer",
    "load",
    "load_keys",
    "plan",
    "prove",
    "setup",
    "verify",
]

Model = LoadedModel | str | os.PathLike[str]
Input = npt.ArrayLike | Mapping[str, npt.ArrayLike]


@dataclass(frozen=True, eq=False)
class Planned:
    """A model with its statement, all but the weights' root: what setup can say before the work starts."""

    program: Program
    lowered: Lowered
    prepared: Prepared


def infer(model: Model, x: Input, *, shapes: Mapping[str, Shape] | None = None) -> tuple[Output, ...]:
    """Run a network on an input, in exact integers where it has them, and return its outputs; nothing is proved.

    x: as `prove` takes it. Errors: UsageError for an input that does not fit.
    """
    return infer_model(_loaded(model, shapes), x)


def setup(
    model: Model,
    *,
    shapes: Mapping[str, Shape] | None = None,
    input_range: InputRange = None,
    disclosure: Disclosure = ALL_SHOWN,
    profile: str = "standard",
    minimise: str = "both",
    allow_toy: bool = False,
    memory_limit: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Step = no_steps,
) -> Keys:
    """Derive the keys of a model: its statement, for everybody, and its committed weights, for the prover.

    model: as `load` returns it, or the path of a model file; shapes: of inputs that an ONNX file leaves open.
    input_range: the integers that an input may hold, part of what is proved: -128..127 for a chain of layers; inputs of
    an ONNX model have ranges of their own, and may get narrower ones. disclosure: which inputs and outputs of an ONNX
    model everyone sees, part of what is proved as well. profile: "standard", or "small" for shorter proofs and more
    work; minimise: what the plan is chosen for, "time" of the prover, "bytes" of the proof, or "both"; memory_limit: in
    bytes; folder: write the keys there as files too, so that the large code of the weights is mapped from a file and
    not held in memory.
    Errors: UsageError, naming layer and index, for weights that are not integers and for sums that could pass p/2.
    """
    planned = plan(
        model,
        shapes=shapes,
        input_range=input_range,
        disclosure=disclosure,
        profile=profile,
        minimise=minimise,
        allow_toy=allow_toy,
        progress=progress,
    )
    require_memory(estimate_setup(planned.prepared), memory_limit, "setup")
    return build_keys(planned, folder=folder, progress=progress)


def plan(
    model: Model,
    *,
    shapes: Mapping[str, Shape] | None = None,
    input_range: InputRange = None,
    disclosure: Disclosure = ALL_SHOWN,
    profile: str = "standard",
    minimise: str = "both",
    allow_toy: bool = False,
    like: Statement | None = None,
    progress: Step = no_steps,
) -> Planned:
    """Do the first part of `setup`: everything but encoding and committing the weights.

    like: follow this statement's choices of plan, ranges and what is shown, instead of the caller's.
    """
    with progress("read"):
        whole = integral(_loaded(model, shapes))
    with progress("plan"):
        named = profile_named(profile, allow_toy=allow_toy)
        with ThreadPoolExecutor(1) as beside:
            # Hashing megabytes of weights leaves the interpreter to the planner.
            identity = beside.submit(model_id, whole)
            if like is None:
                program = program_for(whole, input_range, disclosure)
                lowered = plan_program(program, named, NO_MODEL, minimise)
            else:
                program = program_as_stated(whole, like)
                lowered = follow_plan(program, like, NO_MODEL)
        lowered = with_model(lowered, identity.result())
        prepared = ready(lowered.statement, allow_toy)
    return Planned(program, lowered, prepared)


def build_keys(planned: Planned, *, folder: str | os.PathLike[str] | None = None, progress: Step = no_steps) -> Keys:
    """Do the second part of `setup`: encode and commit the weights."""
    blocks = weight_blocks(planned.lowered.statement, planned.program.weight_arrays())
    shape = (planned.prepared.schedule.parameters.code_length, planned.lowered.statement.weight_rows)
    if folder is None:
        return _commit(planned, blocks, np.empty(shape, dtype=np.uint64), progress)
    with key_folder(Path(folder)) as files:
        file = files.code(*shape)
        keys = _commit(planned, blocks, file.code, progress, file.flush)
        with progress("write"):
            files.finish(keys, file)
    return keys


def _commit(
    planned: Planned,
    blocks: list[Block],
    code: NDArray[np.uint64],
    progress: Step,
    flush: Callable[[], None] = lambda: None,
) -> Keys:
    with progress("encode"):
        encode_weights(native, blocks, code)
    # The disk works while the processor hashes.
    with progress("hash"), ThreadPoolExecutor(max_workers=1) as disk:
        flushed = disk.submit(flush)
        committed = commit_weights(native, code)
        flushed.result()
    lowered = with_root(planned.lowered, committed.root)
    return Keys(planned.program, lowered, Weights(blocks, committed))


def batch(keys: Keys, count: int) -> Keys:
    """Derive the keys of proofs about `count` inputs of the network at once: one pass over the weights for all.

    The weights' commitment is that of `keys`; the statement is another one, and says which shape the inputs have
    together. Errors: UsageError for too many inputs.
    """
    single = keys.lowered
    if count == single.images:
        return keys
    lowered = lower(keys.program, single.plan, keys.statement.profile, keys.statement.model_id, count)
    lowered = with_root(lowered, keys.statement.weight_root)
    held = [
        [column for column in statement.columns if column.oracle is Oracle.WEIGHTS]
        for statement in (single.statement, lowered.statement)
    ]
    if held[0] != held[1]:
        raise InternalError(f"the weights lie elsewhere for {count} inputs than for {single.images}")
    return replace(keys, lowered=lowered)


def prove(
    keys: Keys,
    x: Input,
    context: bytes = b"",
    *,
    allow_toy: bool = False,
    memory_limit: int | None = None,
    progress: Step = no_steps,
) -> Proof:
    """Prove that the network gives its output on an input which stays hidden.

    x: of the network's input shape, or arrays by the inputs' names; with the keys of a batch, the inputs along a first
    axis. Integers in the keys' range; a quantised model takes the real numbers that it quantises. context: bytes that
    the proof is bound to, such as a nonce or an address. memory_limit: in bytes.
    Errors: UsageError for an input that does not fit, by its index; it names no value, since the input is secret.
    """
    prepared = prepare(keys.statement, allow_toy)
    _check_context(context)
    require_memory(estimate_prove(prepared), memory_limit, "prove")
    with progress("witness"):
        witness = compute_witness(keys.program, keys.lowered, x)
    try:
        return prove_witness(
            prepared,
            keys.weights,
            witness,
            context,
            kernels=native,
            vectors=KernelVectors(native),
            entropy=Entropy.fresh(),
            step=progress,
        )
    finally:
        witness.rows.fill(0)


def check(keys: Keys, x: Input, *, progress: Step = no_steps) -> Checked:
    """Run the network on an input and check every relation in integers, without proving.

    Returns how much was checked. Errors: UsageError for an input that does not fit; RelationFails, an InternalError,
    naming the relation and index that fail.
    """
    with progress("witness"):
        witness = compute_witness(keys.program, keys.lowered, x)
    with progress("check"):
        return check_witness(keys.statement, witness, keys.weights.blocks)


def verify(
    statement: Statement,
    proof: bytes,
    *,
    context: bytes | None = None,
    expect: bytes | None = None,
    model: Model | None = None,
    shapes: Mapping[str, Shape] | None = None,
    input_range: tuple[int, int] | None = None,
    allow_toy: bool = False,
    progress: Step = no_steps,
) -> Outputs:
    """Check a proof and return the public outputs; an accepted proof returns, everything else raises.

    context, expect (a statement's digest): compared if given. model: the statement is derived again from it, weights
    and all, which takes as long as setup; shapes: as `setup` takes them. Without model and expect, the caller must know
    whose statement it is.
    input_range: compared with the range that the statement gives its hidden inputs. A model does not fix it: whoever
    made the statement chose it, and a wide one may let an input in that no honest one would be.
    Errors: ProofError when the proof is rejected, or is about another model or range; UsageError for an unusable
    statement.
    """
    if input_range is not None:
        check_input_range(statement, input_range)
    with progress("verify"):
        outputs = verify_statement(
            statement, proof, context=context, expect=expect, allow_toy=allow_toy, vectors=KernelVectors(native)
        )
    if model is not None:
        check_model(statement, model, shapes=shapes, allow_toy=allow_toy, progress=progress)
    return outputs


def check_input_range(statement: Statement, input_range: tuple[int, int]) -> None:
    """Compare the range of a statement's hidden inputs with the expected one.

    Errors: ProofError naming an input that may range otherwise.
    """
    for hidden in statement.inputs:
        if (hidden.lo, hidden.hi) != tuple(input_range):
            lo, hi = input_range
            raise ProofError(f"the statement lets {hidden.name} range in {hidden.lo}..{hidden.hi}, expected {lo}..{hi}")


def check_model(
    statement: Statement,
    model: Model,
    *,
    shapes: Mapping[str, Shape] | None = None,
    allow_toy: bool = False,
    progress: Step = no_steps,
) -> None:
    """Derive the statement again from a model and compare digests, the cheapest part first.

    Errors: ProofError when they differ, naming what.
    """
    planned = plan(
        model, shapes=shapes, profile=statement.profile, allow_toy=allow_toy, like=statement, progress=progress
    )
    derived = planned.lowered.statement
    if derived.model_id != statement.model_id:
        raise ProofError(
            f"the statement is about model {statement.model_id.hex()}, the given model is {derived.model_id.hex()}"
        )
    if replace(derived, weight_root=statement.weight_root).digest != statement.digest:
        raise ProofError(
            "the statement's relations are not those that this release derives from the model; "
            "if another release made it, verify it with that one"
        )
    if build_keys(planned, progress=progress).statement.digest != statement.digest:
        raise ProofError("the statement commits to other weights than the model's")


def _loaded(model: Model, shapes: Mapping[str, Shape] | None) -> LoadedModel:
    if isinstance(model, str | os.PathLike):
        return load(model, shapes)
    if shapes:
        raise UsageError("The shapes of a model that is loaded are its own; pass shapes together with a path.")
    return model


def _check_context(context: bytes) -> None:
    if len(context) > MAX_CONTEXT_BYTES:
        raise UsageError(
            f"The context has {len(context)} bytes, the limit is {MAX_CONTEXT_BYTES}; pass a digest of it instead."
        )
