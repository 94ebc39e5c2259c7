"""docs/protocol.md, 5, 7 and 8: the slow prover of toy statements, from a seed to the bytes of a proof."""

from __future__ import annotations

from collections.abc import Sequence

from spec.claims import Claim, Run, combine
from spec.contraction import prove_contraction
from spec.field import ONE, ZERO, Ext, P, code_points, eq_all, ext, horner, total
from spec.forms import State
from spec.hashing import Entropy, Transcript, Tree, base_bytes, ext_bytes, sha256, tag, u64
from spec.layout import Rows, count_lookups, lay_out, num_lookups, num_products, num_vanish_entries
from spec.relations import claim_padding, prove_affine, prove_lookups, prove_vanish
from spec.statement import MULTIPLICITY, WEIGHTS, WITNESS, Statement
from spec.sums import sumcheck

QUERIES, RATE, PAD_LENGTH, PAD_RATE = 4, 4, 64, 8
"""(4) Profile `toy`: t = b, n / K, K', n' / K'."""

Matrix = list[list[int]]


def full_tensors(st: Statement, tensors: Sequence[Sequence[int] | None]) -> list[list[int]]:
    """The integers of every column; those of multiplicities are counted."""
    out = [list(values or ()) for values in tensors]
    for k, table in enumerate(st.tables):
        if st.columns[table.multiplicities].role != MULTIPLICITY:
            raise ValueError("a table's multiplicities are no multiplicities")
        out[table.multiplicities] = count_lookups(st, out, k)
    return out


def encode_rows(rows: Sequence[Sequence[int]], n: int) -> Matrix:
    """(5.1) The columns of the code: every row, a polynomial's coefficients, evaluated at the n points."""
    return [[horner(row, x) for row in rows] for x in code_points(n)]


def split(vector: Sequence[Ext]) -> Matrix:
    """A vector over E as two rows of F."""
    return [[value.a for value in vector], [value.b for value in vector]]


def relations(s: State) -> tuple[Claim, list[Ext], dict[tuple[int, int], Ext]]:
    """Steps 2 to 5: returns the folded claim, its point and the rows' coefficients a_i."""
    prove_lookups(s)
    for number in range(len(s.st.vanishes)):
        prove_vanish(s, number)
    for number in range(len(s.st.contractions)):
        prove_contraction(s, number)
    for number in range(len(s.st.affines)):
        prove_affine(s, number)
    claim_padding(s)
    return fold(s)


def fold(s: State) -> tuple[Claim, list[Ext], dict[tuple[int, int], Ext]]:
    """(7.7) sum_c gamma_c <sum_i w_ci row_i, g_c> by one sumcheck, then v'_c, then delta."""
    run, claims = s.run, s.claims
    gammas = run.transcript.challenges("folding gamma", len(claims))
    whole = combine(0, *((gamma, claim.value) for gamma, claim in zip(gammas, claims, strict=True)))
    lefts = []
    for claim in claims:
        cells = [ZERO] * 2**s.st.row_vars
        for key, weight in claim.weights.items():
            cells = [cell + weight * value for cell, value in zip(cells, s.rows[key], strict=True)]
        lefts.append(cells)
    rights = [[gamma * g for g in claim.part] for gamma, claim in zip(gammas, claims, strict=True)]
    count = len(claims)

    def sum_of_products(*values: Ext) -> Ext:
        return total(a * b for a, b in zip(values[:count], values[count:], strict=True))

    point, final, values = sumcheck(run, whole, [*lefts, *rights], sum_of_products, 2, "folding round")
    sent = [run.send("folding value", value) for value in values[:count]]
    run.zero(combine(0, (-1, final), *zip(values[count:], sent, strict=True)))
    deltas = run.transcript.challenges("folding delta", count)
    coefficients: dict[tuple[int, int], Ext] = {}
    for delta, claim in zip(deltas, claims, strict=True):
        for key, weight in claim.weights.items():
            coefficients[key] = coefficients.get(key, ZERO) + delta * weight
    return combine(0, *zip(deltas, sent, strict=True)), point, coefficients


def begin(st: Statement, outputs: Sequence[Sequence[int]], context: bytes, roots: Sequence[bytes]) -> Transcript:
    """(7.0, 7.1) Profile, statement, outputs, context, roots, zeros."""
    t = Transcript()
    t.absorb("b", "profile", st.profile.encode())
    t.absorb("d", "statement", st.digest)
    for values in outputs:
        t.absorb("b", "output", signed(values))
    t.absorb("b", "context", context)
    t.absorb("d", "root of A", roots[0])
    t.absorb("d", "root of Q", roots[1])
    work = -(-num_products(st) // 64) + num_lookups(st) + num_vanish_entries(st)
    t.absorb("z", "zeros", bytes(max(2**20, work)))
    return t


def signed(values: Sequence[int]) -> bytes:
    """Signed integers, eight bytes each."""
    return b"".join(value.to_bytes(8, "little", signed=True) for value in values)


def weight_tree(st: Statement, rows: Rows) -> tuple[Matrix, Tree]:
    """(5.2) The code of W and its tree, without salts."""
    code = encode_rows([rows[WEIGHTS, i] for i in range(st.weight_rows)], RATE * 2**st.row_vars)
    return code, Tree("W", code, [b""] * len(code))


def prove(
    st: Statement,
    tensors: Sequence[Sequence[int] | None],
    outputs: Sequence[Sequence[int]],
    context: bytes,
    seed: bytes,
) -> bytes:
    """Prove; tensors: the integers of every column, row-major, None for multiplicities."""
    if st.profile != "toy":
        raise ValueError("the slow prover serves profile toy")
    known = full_tensors(st, tensors)
    rows = lay_out(st, known)
    counting = Run(Transcript(), None)
    relations(State(counting, st, known, rows, outputs, []))
    num_pads = counting.num_pads + 1  # sigma's

    # (9) The stream: pads, A's random coefficients, N, A's salts, Q's random coefficients, P, M0, M1, Q's salts.
    size, n, pad_n = 2**st.row_vars, RATE * 2**st.row_vars, PAD_RATE * PAD_LENGTH
    witness = [rows[WITNESS, i] for i in range(st.witness_rows)]
    entropy = Entropy(seed)
    cells = b"".join(sha256(tag("entropy"), u64(j), base_bytes(row)) for j, row in enumerate(witness))
    entropy.bind(st.digest, repr(tuple(map(tuple, outputs))).encode(), context, cells)
    pads = entropy.ext(num_pads)
    for first, second, both, mask, masked in counting.products:
        pads[both], pads[masked] = pads[first] * pads[second], pads[mask] * pads[second]
    noise = entropy.rows(st.witness_rows, QUERIES)
    a_rows = [row + tail for row, tail in zip(witness, noise, strict=True)]
    mask_row = entropy.ext(size + QUERIES)
    a_salts = [entropy.bytes(32 * n)]
    a_salts = [a_salts[0][32 * j : 32 * j + 32] for j in range(n)]
    pad_rows = -(-2 * num_pads // PAD_LENGTH)
    cells = [c for pad in pads for c in pad] + [0] * (PAD_LENGTH * pad_rows - 2 * num_pads)
    tails = entropy.rows(pad_rows, QUERIES)
    q_rows = [cells[i * PAD_LENGTH : (i + 1) * PAD_LENGTH] + tails[i] for i in range(pad_rows)]
    near, low, high = (entropy.ext(PAD_LENGTH + QUERIES) for _ in range(3))
    low[PAD_LENGTH - 1] = ZERO
    stream = entropy.bytes(32 * pad_n)
    q_salts = [stream[32 * j : 32 * j + 32] for j in range(pad_n)]

    w_code, w_tree = weight_tree(st, rows)
    if w_tree.root != st.weight_root:
        raise ValueError("the weights are not those of the statement")
    a_code = encode_rows(a_rows + split(mask_row), n)
    a_tree = Tree("A", a_code, a_salts)
    q_code = encode_rows(q_rows + split(near) + split(low) + split(high), pad_n)
    q_tree = Tree("Q", q_code, q_salts)

    t = begin(st, outputs, context, (a_tree.root, q_tree.root))
    run = Run(t, pads)
    folded, point, coefficients = relations(State(run, st, known, rows, outputs, []))
    at_point = eq_all(point)
    sigma = run.send("opening sigma", inner_product(mask_row, at_point))

    # (7.8) y = N + theta sum_i a_i f_i
    theta = t.challenge("opening theta")
    y = list(mask_row)
    for (oracle, i), weight in coefficients.items():
        for j, value in enumerate(a_rows[i] if oracle == WITNESS else rows[WEIGHTS, i]):
            y[j] = y[j] + theta * weight * value
    t.absorb("e", "opening y", ext_bytes(y))
    run.zero(combine(-inner_product(y, at_point), (ONE, sigma), (theta, folded)))

    # (7.9) e = rho d1 + a, and e d2 - rho d12 - c = 0
    rho = t.challenge("pads rho")
    reveals = [rho * pads[first] + pads[mask] for first, _, _, mask, _ in run.products]
    t.absorb("e", "pads reveals", ext_bytes(reveals))
    for (first, second, both, mask, masked), e in zip(run.products, reveals, strict=True):
        run.zero(Claim(-e, {first: rho, mask: ONE}))
        run.zero(Claim(ZERO, {second: e, both: -rho, masked: ext(-1)}))

    proximity, linear = pad_vectors(run, t, q_rows, (near, low, high))
    t.absorb("e", "pads proximity", ext_bytes(proximity))
    t.absorb("e", "pads linear", ext_bytes(linear))
    positions = t.positions("positions", n, QUERIES)
    pad_positions = t.positions("positions of Q", pad_n, QUERIES)

    # (8) The bytes.
    return b"".join(
        [
            b"ZKIPROF\0",
            u64(1),
            st.digest,
            u64(len(context)) + context,
            *map(signed, outputs),
            a_tree.root,
            q_tree.root,
            ext_bytes(run.sent),
            ext_bytes(y),
            ext_bytes(reveals),
            ext_bytes(proximity),
            ext_bytes(linear),
            *(base_bytes(w_code[j]) for j in positions),
            *(base_bytes(a_code[j]) for j in positions),
            *(a_salts[j] for j in positions),
            *(base_bytes(q_code[j]) for j in pad_positions),
            *(q_salts[j] for j in pad_positions),
            w_tree.siblings(positions),
            a_tree.siblings(positions),
            q_tree.siblings(pad_positions),
        ]
    )


def inner_product(vector: Sequence[Ext], weights: Sequence[Ext]) -> Ext:
    """The sum of products over the shorter length."""
    return total(a * b for a, b in zip(vector, weights, strict=False))


def pad_vectors(
    run: Run, t: Transcript, q_rows: Matrix, masks: tuple[list[Ext], list[Ext], list[Ext]]
) -> tuple[list[Ext], list[Ext]]:
    """(7.10) proximity = P + sum_i mu_i row_i + mu M0 + mu' M1;  linear = M0 + X^K' M1 + sum_i A_i row_i."""
    lam = t.challenge("pads lambda")
    mus = t.challenges("pads mu", len(q_rows) + 2)
    weights, power = [ZERO] * run.num_pads, ONE
    for constraint in run.constraints:
        power = power * lam
        for pad, coefficient in constraint.pads.items():
            weights[pad] = weights[pad] + power * coefficient
    cells = [w * factor for w in weights for factor in (ONE, Ext(0, 1))]
    cells += [ZERO] * (PAD_LENGTH * len(q_rows) - len(cells))
    near, low, high = masks
    proximity = [p + mus[-2] * a + mus[-1] * b for p, a, b in zip(near, low, high, strict=True)]
    linear = [ZERO] * (2 * PAD_LENGTH + QUERIES)
    for j, (a, b) in enumerate(zip(low, high, strict=True)):
        linear[j] = linear[j] + a
        linear[PAD_LENGTH + j] = linear[PAD_LENGTH + j] + b
    for i, row in enumerate(q_rows):
        proximity = [value + mus[i] * cell for value, cell in zip(proximity, row, strict=True)]
        reversed_weights = cells[i * PAD_LENGTH : (i + 1) * PAD_LENGTH][::-1]
        for j, weight in enumerate(reversed_weights):
            if weight != ZERO:
                for m, cell in enumerate(row):
                    linear[j + m] = linear[j + m] + weight * (cell % P)
    return proximity, linear
