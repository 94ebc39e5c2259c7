"""docs/protocol.md, 7.2, 7.3, 7.5 and 7.6: lookups, vanish, affine, padding."""

from __future__ import annotations

from collections.abc import Sequence

from spec.claims import combine
from spec.field import ONE, ZERO, Ext, eq_all, ext, num_vars, total
from spec.forms import RowClaim, State, form_table, open_factor, open_form
from spec.layout import leaf_rows, leaf_vars, padding_groups
from spec.statement import WITNESS
from spec.sums import sumcheck


def prove_lookups(s: State) -> None:
    """(7.2) The tree of fractions, from the root to the leaves."""
    run, leaves = s.run, leaf_rows(s.st)
    alpha, beta = run.transcript.challenge("lookup alpha"), run.transcript.challenge("lookup beta")
    n = leaf_vars(s.st, leaves)
    p, q, known_p, known_q = ([ZERO] * 2**n for _ in range(4))
    q, known_q = [ONE] * 2**n, [ONE] * 2**n
    size = 2**s.st.row_vars
    for i, leaf in enumerate(leaves):
        rows = [s.rows[WITNESS, row] for row, _ in leaf.components]
        for j in range(size):
            at = i * size + j
            public = alpha - leaf.ids[j]
            if leaf.is_table:
                p[at], q[at] = ext(-rows[0][j]), public - fingerprint(beta, leaf.values[j])
                known_p[at], known_q[at] = ZERO, q[at]
            else:
                scaled = [row[j] * scale for row, (_, scale) in zip(rows, leaf.components, strict=True)]
                p[at], q[at] = ext(leaf.real[j]), public - fingerprint(beta, scaled)
                known_p[at], known_q[at] = p[at], public
    layers = [(p, q)]
    while len(layers[-1][0]) > 1:
        p, q = layers[-1]
        half = range(0, len(p), 2)
        layers.append(([p[i] * q[i + 1] + p[i + 1] * q[i] for i in half], [q[i] * q[i + 1] for i in half]))
    numerator, denominator = combine(0), run.send("lookup root denominator", layers[-1][1][0])
    point: list[Ext] = []
    for p, q in layers[-2::-1]:
        mix = run.transcript.challenge("lookup lambda")
        tables = [p[0::2], q[0::2], p[1::2], q[1::2]]

        def layer(p0: Ext, q0: Ext, p1: Ext, q1: Ext, mix: Ext = mix) -> Ext:
            return p0 * q1 + p1 * q0 + mix * q0 * q1

        claim = combine(0, (1, numerator), (mix, denominator))
        inner, final, values = sumcheck(run, claim, tables, layer, 2, "lookup round", point)
        p0, q0, p1, q1 = (run.send("lookup node", value) for value in values)
        products = [run.product(p0, q1), run.product(p1, q0), run.product(q0, q1)]
        run.zero(combine(0, (1, products[0]), (1, products[1]), (mix, products[2]), (-1, final)))
        tau = run.transcript.challenge("lookup tau")
        numerator = combine(0, (1 - tau, p0), (tau, p1))
        denominator = combine(0, (1 - tau, q0), (tau, q1))
        point = [*inner, tau]
    weights = eq_all(point)
    public_p = total(w * value for w, value in zip(weights, known_p, strict=True))
    public_q = total(w * value for w, value in zip(weights, known_q, strict=True))
    row_weights, cells = eq_all(point[: n - s.st.row_vars]), eq_all(point[n - s.st.row_vars :])
    counted, looked_up = dict[tuple[int, int], Ext](), dict[tuple[int, int], Ext]()
    for weight, leaf in zip(row_weights, leaves, strict=False):
        power = weight
        for row, scale in leaf.components:
            key = (WITNESS, row)
            if leaf.is_table:
                counted[key] = counted.get(key, ZERO) - weight
            else:
                power = power * beta
                looked_up[key] = looked_up.get(key, ZERO) - power * scale
    s.claims.append(RowClaim(counted, cells, combine(-public_p, (1, numerator))))
    s.claims.append(RowClaim(looked_up, cells, combine(-public_q, (1, denominator))))


def fingerprint(beta: Ext, values: Sequence[int]) -> Ext:
    """beta v_1 + beta^2 v_2 + .."""
    out, power = ZERO, ONE
    for value in values:
        power = power * beta
        out = out + power * value
    return out


def prove_vanish(s: State, number: int) -> None:
    """(7.3) 0 = sum_x eq(z, x) prod_k F_k(x)."""
    run, factors, name = s.run, s.st.vanishes[number], f"vanish {number}"
    z = run.transcript.challenges(f"{name} point", sum(num_vars(dim) for dim in factors[0].dims))

    def multiply(*values: Ext) -> Ext:
        out = ONE
        for value in values:
            out = out * value
        return out

    tables = [form_table(s, form) for form in factors]
    point, final, _ = sumcheck(run, combine(0), tables, multiply, len(factors), f"{name} round", z)
    claims = [open_factor(s, f"{name} factor", form, point) for form in factors]
    partial = claims[0]
    for claim in claims[1:-1]:
        following = run.send(f"{name} partial product", run.value(partial) * run.value(claim))
        run.zero(combine(0, (1, run.product(partial, claim)), (-1, following)))
        partial = following
    whole = partial if len(claims) == 1 else run.product(partial, claims[-1])
    run.zero(combine(0, (1, whole), (-1, final)))


def prove_affine(s: State, number: int) -> None:
    """(7.5) A form is zero at a random point."""
    form = s.st.affines[number]
    point = s.run.transcript.challenges(f"affine {number} point", sum(num_vars(dim) for dim in form.dims))
    s.run.zero(open_form(s, f"affine {number} form", form, point))


def claim_padding(s: State) -> None:
    """(7.6) For each pattern: sum_i eq(eta, i) sum over padded cells j of eq(zeta, j) row_i[j] = 0."""
    for rows, padded in padding_groups(s.st):
        eta = s.run.transcript.challenges("padding eta", num_vars(len(rows)))
        zeta = s.run.transcript.challenges("padding zeta", s.st.row_vars)
        weights = {(WITNESS, row): weight for row, weight in zip(rows, eq_all(eta), strict=False)}
        part = [weight if j in padded else ZERO for j, weight in enumerate(eq_all(zeta))]
        s.claims.append(RowClaim(weights, part, combine(0)))
