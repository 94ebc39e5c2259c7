"""A message is chosen after the challenge that depends on it, as it could be if it were not absorbed before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from attacks.attack import CONSTRAINT, Attack, Forged
from attacks.commitments import add_at, edited_commitment, monomials, seeing_positions
from attacks.networks import Setup, tiny
from attacks.prover import Forgery, Hooks, forge, sending, with_outputs
from attacks.pusher import HALF, Pusher
from attacks.worlds import copied, not_absorbed
from zkinfer.kernels import native
from zkinfer.program.witness import Witness, to_field
from zkinfer.prove.entropy import Entropy
from zkinfer.prove.sender import Sender
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.field.prime import P, inverse
from zkinfer_verify.hashing.digest import LEAF_PADS
from zkinfer_verify.poly.eq import eq_table
from zkinfer_verify.poly.reed_solomon import coset_points
from zkinfer_verify.poly.univariate import lagrange_weights
from zkinfer_verify.transcript.transcript import Transcript

SEED = b"chosen after"
PAD_K, B = 64, 4
END = "contraction 0, end"


def foreseen(transcript: Transcript, label: str, messages: int, drawn: str, count: int = 1) -> list[Ext]:
    """Return the challenges that follow some messages, whatever these will say."""
    ahead = copied(transcript)
    for _ in range(messages):
        ahead.absorb_ext(label, [ZERO])
    return ahead.challenges(drawn, count)


def vanishing(length: int, positions: Sequence[int]) -> list[int]:
    """Return the coefficients of the monic polynomial that is zero at positions of a code."""
    out = [1]
    for x in coset_points(length, positions):
        out = [(low - x * high) % P for low, high in zip([0, *out], [*out, 0], strict=True)]
    return out


def false_output(hooks: Hooks | None = None) -> Forgery:
    """Prove one more than the output of `tiny`."""
    made, x = tiny()
    return forge(made, with_outputs(made.witness(x), 0, 1), hooks, SEED)


# -- commitments -------------------------------------------------------------------------------------------------------


def root_of_witness() -> Forged:
    """An input out of range: two multiplicities, elements of F, are solved for the sum of fractions at alpha, beta."""
    made, _ = tiny()
    with not_absorbed("root of A"), patch.object(Entropy, "bind", lambda *args: None):
        x = out_of_range(made)
        drawn: list[Ext] = []

        def prove_lookups(original: Callable[..., Any], tx: Sender, *args: Any) -> None:
            ahead = copied(tx.transcript)
            drawn[:] = [ahead.challenge("lookup alpha"), ahead.challenge("lookup beta")]
            original(tx, *args)

        counts = [0, 0]
        for _ in range(2):
            forgery = forge(made, witness_of(made, x, counts), {"prove_lookups": prove_lookups}, SEED)
            alpha, beta = drawn
            total = sum(((alpha - 1 - beta * int(v)).inverse() for v in x), ZERO)
            counts = solve((alpha - 1 + 2 * beta).inverse(), (alpha - 1 + beta).inverse(), total)
    return forgery.sent(about_witness=True)


def solve(first: Ext, second: Ext, total: Ext) -> list[int]:
    """Solve m first + n second = total for m and n in F."""
    (a, b), (c, d), (e, f) = first, second, total
    scale = inverse(a * d - b * c)
    return [(e * d - f * c) * scale % P, (a * f - b * e) * scale % P]


def output_of(made: Setup, x: Sequence[int] | np.ndarray) -> int:
    """Return the output of `tiny` for any two integers."""
    op: Any = made.graph.nodes[0].op
    return int((op.weights @ np.asarray(x) + op.bias)[0])


def out_of_range(made: Setup) -> np.ndarray:
    """Return an input whose first integer is out of range, but whose output is within its bound."""
    bound = made.statement.outputs[0].bound
    return next(np.array(x) for x in product((2, 3), (-1, 0)) if abs(output_of(made, x)) <= bound)


def witness_of(made: Setup, x: np.ndarray, counts: list[int]) -> Witness:
    """Return rows that hold an input, in range or not, and how often the first two rows of the table are counted."""
    rows = np.zeros((made.statement.witness_rows, 1 << made.statement.row_vars), dtype=np.uint64)
    rows[0, :2] = to_field(x.astype(np.int64))
    rows[1, :2] = counts
    return Witness(rows, ((output_of(made, x),),))


def root_of_pads() -> Forged:
    """A false output is absorbed by the pad of a product; c takes what its sacrifice is wrong by, once rho is known."""
    _, _, both, _, masked = tiny()[0].prepared.schedule.products[-1]
    rhos = [ZERO]

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        pads = original(*args)
        pads[both], pads[masked] = (
            Ext(*map(int, pads[k])) + delta for k, delta in ((both, HALF), (masked, -rhos[-1] * HALF))
        )
        return pads

    def reveal_products(original: Callable[..., Any], ch: Any, pads: Any, rho: Ext) -> Any:
        rhos.append(rho)
        return original(ch, pads, rho)

    with not_absorbed("root of Q"), sending("contraction 0 round", lambda k, value: value + HALF):
        for _ in range(2):
            forgery = false_output({"draw_pads": draw_pads, "reveal_products": reveal_products})
    return forgery.sent(about_witness=True)


# -- scalars -----------------------------------------------------------------------------------------------------------


def lookup_node() -> Forged:
    """An input out of range: the numerators of two children are bent so that what is seen of them at tau is right."""
    made, _ = tiny()
    send, seen = Sender.send, list[int]()

    def sent(tx: Sender, label: str, *values: tuple[int, int]) -> None:
        if label == "lookup node" and not seen:
            seen.append(1)
            (tau,) = foreseen(tx.transcript, label, 4, "lookup tau")
            p0, q0, p1, q1 = (Ext(*map(int, value)) for value in values)
            bent = -(p0 * q1 + p1 * q0) * (tau * q1 - (ONE - tau) * q0).inverse()
            values = (p0 + tau * bent, q0, p1 - (ONE - tau) * bent, q1)
        send(tx, label, *values)

    with not_absorbed("lookup node"), patch.object(Sender, "send", sent):
        return forge(made, witness_of(made, out_of_range(made), [1, 0]), seed=SEED).sent(about_witness=True)


def bent(label: str, error: Callable[[], Ext]) -> AbstractContextManager[object]:
    """Bend the first polynomial of a sumcheck of degree two so that its value at the challenge is right.

    error: what the claimed sum is wrong by.
    """
    send, seen = Sender.send, list[int]()

    def sent(tx: Sender, at: str, *values: tuple[int, int]) -> None:
        if at == label and not seen:
            seen.append(1)
            (r,) = foreseen(tx.transcript, label, 2, label)
            at_one, at_two = lagrange_weights(2, r)
            at_zero = 1 - at_one - at_two
            first, second = (Ext(*map(int, value)) for value in values)
            values = (first + error() * at_one * (at_one - at_zero).inverse(), second)
        send(tx, at, *values)

    return patch.object(Sender, "send", sent)


def contraction_round() -> Forged:
    """A false output: the round's polynomial is bent."""
    label = "contraction 0 round"
    with not_absorbed(label), bent(label, lambda: ONE):
        return false_output().sent(about_witness=True)


def folding_round() -> Forged:
    """A false output, pushed to the operand: the first polynomial of the folding is bent."""
    label, pusher = "folding round", Pusher("operand")

    def error() -> Ext:
        return pusher.error * pusher.drawn["folding gamma"][pusher.claimed]

    with not_absorbed(label), pusher.at_work(), bent(label, error):
        return false_output().sent(about_witness=True)


def root_denominator() -> Forged:
    """An input out of range: the root's denominator takes the numerator, which should be zero, over lambda."""
    made, _ = tiny()
    label, send, parents = "lookup root denominator", Sender.send, native.logup_parents
    roots: list[Any] = []

    def logup_parents(nodes: Any) -> Any:
        roots[:] = [parents(nodes)]
        return roots[0]

    def sent(tx: Sender, at: str, *values: tuple[int, int]) -> None:
        if at == label:
            (mix,) = foreseen(tx.transcript, label, 1, "lookup lambda")
            numerator, denominator = (Ext(*map(int, part)) for part in roots[0][0])
            values = (denominator + numerator * mix.inverse(),)
        send(tx, at, *values)

    with not_absorbed(label), patch.object(Sender, "send", sent), patch.object(native, "logup_parents", logup_parents):
        return forge(made, witness_of(made, out_of_range(made), [1, 0]), seed=SEED).sent(about_witness=True)


class Foreseer(Pusher):
    """Pushes the error to the folding, where it goes into two values that delta, known beforehand, combines to zero."""

    def __init__(self) -> None:
        super().__init__("folding rounds")
        self.errors: dict[int, Ext] = {}

    def foresee(self, transcript: Transcript) -> None:
        """Solve for the errors e, f of two values: weights (e, f) = error and deltas (e, f) = 0."""
        count, one = len(self.claims), self.claimed
        other = (one + 1) % count
        deltas = foreseen(transcript, "folding value", count, "folding delta", count)
        a, b = self.weight(one), self.weight(other)
        scale = self.error * (a * deltas[other] - b * deltas[one]).inverse()
        self.errors = {one: scale * deltas[other], other: -scale * deltas[one]}


def folding_value() -> Forged:
    """A false output: the values at the folding's point are bent so that their combination is right."""
    pusher = Foreseer()
    with not_absorbed("folding value"), pusher.at_work():
        send = Sender.send
        number = [0]

        def sent(tx: Sender, label: str, *values: tuple[int, int]) -> None:
            if label == "folding value":
                if not pusher.errors:
                    pusher.foresee(tx.transcript)
                values = (Ext(*map(int, values[0])) + pusher.errors.get(number[0], ZERO),)
                number[0] += 1
            send(tx, label, *values)

        with patch.object(Sender, "send", sent):
            return false_output().sent(about_witness=True)


def opening_sigma() -> Forged:
    """A false output, pushed up to the opening: sigma takes the rest, once theta is known."""
    pusher = Pusher("folding value")
    with not_absorbed("opening sigma"), pusher.at_work():
        forgery = false_output({"_opening_vector": pusher.opening_vector})
    scalars = forgery.proof.scalars
    return forgery.sent(about_witness=True, scalars=(*scalars[:-1], scalars[-1] - pusher.error))


# -- vectors -----------------------------------------------------------------------------------------------------------


def opening_vector() -> Forged:
    """A false output, pushed up to the opening: y is bent where nobody looks, once the positions are known."""
    made, _ = tiny()
    pusher, seen = Pusher("folding value"), list[Sequence[int]]()
    with not_absorbed("opening y"), pusher.at_work():
        forgery = false_output({"_opening_vector": pusher.opening_vector, **seeing_positions(seen)})
    zero = vanishing(made.prepared.schedule.parameters.code_length, seen[0])
    weights = eq_table(pusher.drawn["folding round"])
    scale = pusher.error * sum((weight * c for weight, c in zip(weights, zero, strict=False)), ZERO).inverse()
    y = forgery.proof.y
    for k, coefficient in enumerate(zero):
        y = add_at(y, k, scale * coefficient)
    return forgery.sent(about_witness=True, y=y)


def pad_reveals() -> Forged:
    """A false output is absorbed by a product: its two constraints are wrong, but not their combination by lambda."""
    product_ = tiny()[0].prepared.schedule.products[-1]

    def draw_pads(original: Callable[..., Any], *args: Any) -> Any:
        pads = original(*args)
        pads[product_[2]] = Ext(*map(int, pads[product_[2]])) + HALF
        return pads

    def reveal_products(original: Callable[..., Any], ch: Any, pads: Any, rho: Ext) -> Any:
        found = original(ch, pads, rho)
        ahead = copied(ch.transcript)
        ahead.absorb_ext("pads reveals", found)
        mix = ahead.challenge("pads lambda")
        # lambda^l (-change) + lambda^(l + 1) (change d2 - rho / 2) = 0
        second = Ext(*map(int, pads[product_[1]]))
        found[-1] = found[-1] + mix * rho * HALF * (mix * second - 1).inverse()
        return found

    with not_absorbed("pads reveals"), sending("contraction 0 round", lambda k, value: value + HALF):
        forgery = false_output({"draw_pads": draw_pads, "reveal_products": reveal_products})
    return forgery.sent(about_witness=True)


def proximity_vector() -> Forged:
    """The mask P is no codeword: the vector is bent to agree with it where it is opened."""
    made, x = tiny()
    length, seen = made.prepared.schedule.parameters.pad_code_length, list[Sequence[int]]()
    far = PAD_K + B

    def edit(code: Any) -> None:
        for position, value in enumerate(monomials(length, range(length), far)):
            code[position, made.prepared.schedule.pad_rows] = (
                int(code[position, made.prepared.schedule.pad_rows]) + value
            ) % P

    hooks: Hooks = {
        "commit_pads": lambda original, *args: edited_commitment(original(*args), LEAF_PADS, edit),
        **seeing_positions(seen),
    }
    with not_absorbed("pads proximity"):
        forgery = forge(made, made.witness(x), hooks, SEED)
    # X^(K' + b) less its multiple of the vanishing polynomial: the same at the positions, but of low degree.
    vector, zero = forgery.proof.proximity, vanishing(length, seen[1])
    for k, coefficient in enumerate(zero[:-1]):
        vector = add_at(vector, far - len(zero) + 1 + k, -coefficient)
    return forgery.sent(proximity=vector)


def linear_vector() -> Forged:
    """A false output: the vector is bent to its target, and where nobody looks, once the positions are known."""
    made, _ = tiny()
    seen, change = list[Sequence[int]](), list[Ext]()

    def pad_vectors(original: Callable[..., Any], kernels: Any, oracle: Any, schedule: Any, test: Any) -> Any:
        proximity, linear = original(kernels, oracle, schedule, test)
        change[:] = [test.target - Ext(*map(int, linear[PAD_K - 1]))]
        return proximity, linear

    with not_absorbed("pads linear"):
        forgery = false_output({"pad_vectors": pad_vectors, **seeing_positions(seen)})
    vector = forgery.proof.linear
    zero = vanishing(made.prepared.schedule.parameters.pad_code_length, seen[1])
    for k, coefficient in enumerate(zero):
        vector = add_at(vector, PAD_K - len(zero) + k, change[0] * coefficient)
    return forgery.sent(about_witness=True, linear=vector)


def attacks() -> Iterator[Attack]:
    """Yield an attack a message: each passes if its message is not absorbed."""
    # Once the vectors are absorbed, other positions are opened than those that they were bent for.
    elsewhere = "opened columns of W do not belong to its root"
    cases: tuple[tuple[str, Callable[[], Forged], str, tuple[str, ...], str], ...] = (
        ("root of A", root_of_witness, CONSTRAINT, (), "lookup"),
        ("root of Q", root_of_pads, CONSTRAINT, (), "contraction 0"),
        ("lookup node", lookup_node, CONSTRAINT, (), "lookup"),
        ("lookup root denominator", root_denominator, CONSTRAINT, (), "lookup"),
        ("contraction 0 round", contraction_round, CONSTRAINT, (), "contraction 0"),
        ("folding round", folding_round, CONSTRAINT, (), "contraction 0"),
        ("folding value", folding_value, CONSTRAINT, (), "contraction 0"),
        ("opening sigma", opening_sigma, CONSTRAINT, ("opening",), "contraction 0"),
        ("opening y", opening_vector, CONSTRAINT, ("opening",), "contraction 0"),
        ("pads reveals", pad_reveals, CONSTRAINT, ("product, reveal", "product, sacrifice"), "contraction 0"),
        ("pads proximity", proximity_vector, elsewhere, (), ""),
        ("pads linear", linear_vector, elsewhere, (END,), "contraction 0"),
    )
    for label, forge_it, stopped_by, broken, relation in cases:
        yield Attack(label, forge_it, stopped_by, broken, relation, partial(not_absorbed, label))
