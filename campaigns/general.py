"""General networks: what ONNX models come to is proved and accepted as executed, and no other output is.

And setup refuses a network for a reason that it states, as UsageError, or not at all.
"""

import re
from dataclasses import replace
from random import Random

from attacks.networks import Made, made_of
from campaigns.campaign import Campaign, CaseFailed, Tally
from campaigns.drawn.networks import LABELS, MOST_LAYERS, RANGES, GeneralCase, draw_case
from campaigns.networks import WEIGHTS
from campaigns.plans import DISTRIBUTION, draw_lowered
from campaigns.proving import PROFILES, prove_honestly
from zkinfer.program.from_model import program_as_stated
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.identity import model_id
from zkinfer.program.lower import Lowered, lower
from zkinfer.program.planner import follow_plan
from zkinfer.program.ready import ready
from zkinfer.program.witness import Witness, compute_witness
from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.proof.proof import Proof

REFUSALS = {
    "sums that could reach p/2": r"must stay under p/2",
    "more values than a table has": r"quantise (it )?to fewer bits",
    "a label of a single score": r"has no largest one",
    "more of the largest than there are": r"it has no \d+ largest",
    "more axes than can be shown": r"at most 8 can be shown",
    "more rows than there are, of toy": r"too many rows, or none; .* try --profile standard",
    "more work than a verifier does, of toy": r"statement asks its verifiers for .* try --profile standard",
}
"""What setup may refuse a drawn network for, by what the message says."""
FORGED = 4
"""In one case of so many, a wrong output is also proved by a prover that believes it."""


def run_case(draw: Random, tally: Tally) -> None:
    """Draw a network, prove its outputs on inputs, and verify; then change an output.

    A network that setup refuses is counted with its reason, and another one is drawn.
    Errors: CaseFailed when prover or verifier refuse an honest case, the outputs are not the network's, a changed one
    is accepted, or setup refuses for a reason that is none of those it states.
    """
    case, program, lowered = _set_up(draw, tally)
    made = made_of(lowered.statement, program.weight_arrays())
    lowered = replace(lowered, statement=made.statement)
    evidence = {
        "statement.zks": made.statement.to_bytes(),
        "network.txt": repr(case.network).encode(),
        "input.txt": repr(case.given).encode(),
    }
    _derived_again(case, lowered, evidence)
    witness = compute_witness(program, lowered, case.given)
    proof = prove_honestly(made, lambda: witness, _expected(case), evidence, tally)
    _changed_output_is_refused(draw, made, proof, evidence, tally)
    if draw.randrange(FORGED) == 0:
        _wrong_output_is_refused(draw, made, witness, evidence, tally)


def _set_up(draw: Random, tally: Tally) -> tuple[GeneralCase, NetworkProgram, Lowered]:
    """Draw networks until setup takes one."""
    while True:
        drawn = Tally()
        try:
            case = draw_case(draw, drawn)
            program = NetworkProgram(case.network)
            lowered = _lowered(draw, case, program, drawn)
        except UsageError as error:
            tally.count("refused by setup", _reason(error))
            continue
        tally.merge(drawn)
        return case, program, lowered


def _lowered(draw: Random, case: GeneralCase, program: NetworkProgram, tally: Tally) -> Lowered:
    (profile,) = draw.choices(list(PROFILES), list(PROFILES.values()))
    identity = model_id(case.whole)
    lowered = draw_lowered(draw, program, profile, identity, tally)
    lowered = lower(program, lowered.plan, profile, identity, case.images)
    ready(lowered.statement, True)
    return lowered


def _reason(error: UsageError) -> str:
    """Name the reason that a refusal states.

    Errors: CaseFailed where it is none of those that setup has for a drawn network.
    """
    for reason, pattern in REFUSALS.items():
        if re.search(pattern, str(error)):
            return reason
    raise CaseFailed(f"setup refused for no reason that is stated: {error}", {}) from error


def _derived_again(case: GeneralCase, lowered: Lowered, evidence: dict[str, bytes]) -> None:
    """Derive the statement from the network and the statement itself, as `verify --model` does."""
    statement = lowered.statement
    again = follow_plan(program_as_stated(case.whole, statement), statement, statement.model_id).statement
    if replace(again, weight_root=statement.weight_root).digest != statement.digest:
        raise CaseFailed("the statement that is derived again from the network is another one", evidence)


def _expected(case: GeneralCase) -> list[list[int]]:
    """Execute the network on each of the inputs, and return what it shows, the inputs one after the other."""
    runs = [case.network.run(values) for values in case.integers]
    ports = [port for port in (*case.network.inputs, *case.network.outputs) if port.public]
    return [[int(v) for tensors in runs for v in (tensors[port.tensor] + port.offset).reshape(-1)] for port in ports]


def _changed(draw: Random, outputs: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Change one integer."""
    tensors = [list(tensor) for tensor in outputs]
    tensor = draw.choice(tensors)
    tensor[draw.randrange(len(tensor))] += draw.choice([-1, 1, -1, 1, 2, -256])
    return tuple(map(tuple, tensors))


def _changed_output_is_refused(
    draw: Random, made: Made, proof: Proof, evidence: dict[str, bytes], tally: Tally
) -> None:
    data = replace(proof, outputs=_changed(draw, proof.outputs)).to_bytes()
    _refused(made, data, "an output changed in the proof", evidence, tally)


def _wrong_output_is_refused(
    draw: Random, made: Made, witness: Witness, evidence: dict[str, bytes], tally: Tally
) -> None:
    wrong = made.prove(replace(witness, outputs=_changed(draw, witness.outputs)))
    _refused(made, wrong.to_bytes(), "a proof of another output", evidence, tally)


def _refused(made: Made, data: bytes, what: str, evidence: dict[str, bytes], tally: Tally) -> None:
    try:
        verify(made.statement, data, allow_toy=True)
    except ProofError:
        tally.count("refused by the verifier", what)
    else:
        raise CaseFailed(f"{what} is accepted", evidence | {"proof.zkp": data})


CAMPAIGN = Campaign(
    "general",
    "each network was proved and accepted, with the outputs of its executor and no others",
    3_000,
    10,
    {
        "networks": f"graphs of 1 to {MOST_LAYERS} of the layers counted below, on any tensor that is there; small, "
        "of up to five axes; one to four inputs, one or more outputs",
        "input ranges": f"evenly of {list(RANGES)}, for some of the inputs; masks, indices; one in six narrowed",
        "shown": f"one in five inputs is public; of the outputs three in five are shown, one is hidden, and of one a "
        f"label alone is shown, of {', '.join(LABELS)}",
        "weights": ", ".join(f"{percent} % {kind}" for kind, percent in WEIGHTS.items()),
        "inputs proved together": "two in three one, else two or three",
        "profiles": ", ".join(f"{percent} % {profile}" for profile, percent in PROFILES.items()),
        "plans": DISTRIBUTION,
        "changed outputs": f"one integer changed in each proof; in one of {FORGED} cases in the witness, and proved",
        "verifier": "verify of zkinfer_verify in plain Python, the statement prepared anew",
        "redrawn": "a network that setup refuses is counted under 'refused by setup' only, and another one is drawn",
    },
    run_case,
)
