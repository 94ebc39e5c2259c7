"""docs/protocol.md, 7.4: contractions, summed over the iteration axes as written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from spec.claims import Claim, combine
from spec.field import ONE, ZERO, Ext, eq_all, ext, extension, num_vars, total
from spec.forms import State, cut, form_entry, open_factor, open_form
from spec.layout import entries
from spec.statement import Contraction, Form, Index
from spec.sums import sumcheck

Axis = tuple[Index, ...]


def read_axes(axis: Sequence[Index]) -> set[int]:
    """The iteration axes that a tensor's axis reads."""
    return {a for index in axis for a, _ in index.terms}


def reach(axis: Sequence[Index], k: Mapping[int, int]) -> int | None:
    """(3.8) The entry of a tensor's axis that iteration indices k read, or none when out of range."""
    out = 0
    for index in axis:
        value = sum(step * k[a] for a, step in index.terms) - index.offset
        if not 0 <= value < index.extent:
            return None
        out = out * index.extent + value
    return out


class Plan:
    """Which axis of which operand takes the weight of each output axis, and which axes both operands read."""

    def __init__(self, relation: Contraction) -> None:
        self.relation = relation
        self.access = {"left": relation.left_access if relation.left else (), "right": relation.right_access}
        reads = {side: set[int]().union(*map(read_axes, axes)) for side, axes in self.access.items()}
        self.shared = sorted(reads["left"] & reads["right"])
        self.own = {side: sorted(axes - set(self.shared)) for side, axes in reads.items()}
        self.home: dict[int, tuple[str, int]] = {}
        for o, coordinates in enumerate(relation.out_access):
            places = [(side, a) for side in ("left", "right") for a, axis in enumerate(self.access[side])]
            self.home[o] = next(
                (side, a) for side, a in places if read_axes(coordinates) <= read_axes(self.access[side][a])
            )

    def homed(self, side: str, a: int) -> list[int]:
        """The output axes whose weights an operand's axis takes."""
        return [o for o, home in self.home.items() if home == (side, a)]

    def plain(self, side: str, a: int) -> int | None:
        """The iteration axis that an operand's axis is, or none: then it slides."""
        axis, out = self.access[side][a], self.homed(side, a)
        if len(axis) != 1 or len(axis[0].terms) != 1:
            return None
        ((k, _),) = axis[0].terms
        whole = (Index(self.relation.extents[k], ((k, 1),), 0),)
        if axis != whole:
            return None
        if not out:
            return k if k in self.shared else None
        return k if len(out) == 1 and self.relation.out_access[out[0]] == whole and k not in self.shared else None


def prove_contraction(s: State, number: int) -> None:
    """(7.4) out(r) = sum over shared axes of L R; then each operand."""
    relation, name = s.st.contractions[number], f"contraction {number}"
    plan = Plan(relation)
    r = s.run.transcript.challenges(f"{name} point", sum(num_vars(dim) for dim in relation.out.dims))
    out_tables = [eq_all(axis) for axis in cut(relation.out.dims, r)]
    out_points = cut(relation.out.dims, r)
    out = open_form(s, f"{name} out", relation.out, r)
    if relation.left is None:
        prove_operand(s, plan, f"{name} right", "right", relation.right, out_points, {}, out)
        return
    forms = {"left": relation.left, "right": relation.right}
    tables = [shared_table(s, plan, side, forms[side], out_tables) for side in ("left", "right")]
    point, final, values = sumcheck(s.run, out, tables, lambda x, y: x * y, 2, f"{name} round")
    dims = [relation.extents[a] for a in plan.shared]
    shared_points = dict(zip(plan.shared, cut(dims, point), strict=True))
    claims = []
    for side, value in zip(("left", "right"), values, strict=True):
        axes = range(len(plan.access[side]))
        plain = [plan.plain(side, a) for a in axes]
        if None not in plain:
            inner = [x for a in axes for x in plain_point(plan, side, a, out_points, shared_points)]
            claims.append(open_factor(s, f"{name} {side}", forms[side], inner))
        else:
            claim = s.run.send(f"{name} {side}", value)
            prove_operand(s, plan, f"{name} {side}", side, forms[side], out_points, shared_points, claim)
            claims.append(claim)
    s.run.zero(combine(0, (1, s.run.product(*claims)), (-1, final)))


def shared_table(s: State, plan: Plan, side: str, form: Form, out_tables: Sequence[Sequence[Ext]]) -> list[Ext]:
    """L (or R) over the padded shared axes: the operand times its output weights, summed over its own axes."""
    extents, out = plan.relation.extents, []
    for shared in product(*(range(2 ** num_vars(extents[a])) for a in plan.shared)):
        sum_ = ZERO
        if all(k < extents[a] for a, k in zip(plan.shared, shared, strict=True)):
            for own in product(*(range(extents[a]) for a in plan.own[side])):
                k = dict(zip([*plan.shared, *plan.own[side]], [*shared, *own], strict=True))
                index = [reach(axis, k) for axis in plan.access[side]]
                if None not in index:
                    weight = ONE
                    for a in range(len(index)):
                        weight = weight * out_weight(plan, side, a, k, out_tables)
                    sum_ = sum_ + weight * form_entry(s, form, [u for u in index if u is not None])
        out.append(sum_)
    return out


def out_weight(plan: Plan, side: str, a: int, k: Mapping[int, int], out_tables: Sequence[Sequence[Ext]]) -> Ext:
    """The product of eq(r_o, out_o(k)) over the output axes of an operand's axis; zero when out of range."""
    weight = ONE
    for o in plan.homed(side, a):
        place = reach(plan.relation.out_access[o], k)
        weight = weight * (ZERO if place is None else out_tables[o][place])
    return weight


def plain_point(
    plan: Plan, side: str, a: int, out_points: Sequence[list[Ext]], shared_points: Mapping[int, list[Ext]]
) -> list[Ext]:
    """The point of a plain axis: its output axis's, or its shared axis's."""
    out, k = plan.homed(side, a), plan.plain(side, a)
    if k is None:
        raise ValueError("a sliding axis has no point")
    return out_points[out[0]] if out else shared_points[k]


def prove_operand(
    s: State,
    plan: Plan,
    name: str,
    side: str,
    form: Form,
    out_points: Sequence[list[Ext]],
    shared_points: Mapping[int, list[Ext]],
    claim: Claim,
) -> None:
    """sum_u T[u] prod_axis M_axis(u_axis) = claim: a sumcheck over the sliding axes, then the form at a point."""
    count = range(len(form.dims))
    sliding = [a for a in count if plan.plain(side, a) is None]
    vectors = {a: access_vector(plan, side, a, form.dims[a], out_points, shared_points) for a in sliding}
    plain = {a: eq_all(plain_point(plan, side, a, out_points, shared_points)) for a in count if a not in sliding}
    n = [num_vars(form.dims[a]) for a in sliding]
    public, summed = [ZERO] * 2 ** sum(n), [ZERO] * 2 ** sum(n)
    for index in entries(form.dims):
        cell, weight, factor = 0, ONE, ONE
        for bits, a in zip(n, sliding, strict=True):
            cell, factor = cell * 2**bits + index[a], factor * vectors[a][index[a]]
        for a, table in plain.items():
            weight = weight * table[index[a]]
        public[cell] = factor
        summed[cell] = summed[cell] + weight * ext(form_entry(s, form, index))
    point, final, _ = sumcheck(s.run, claim, [public, summed], lambda x, y: x * y, 2, f"{name} slide")
    slide = dict(zip(sliding, cut([form.dims[a] for a in sliding], point), strict=True))
    inner = [
        x for a in count for x in (slide[a] if a in slide else plain_point(plan, side, a, out_points, shared_points))
    ]
    value = open_form(s, f"{name} form", form, inner)
    s.run.zero(combine(0, (extension(public, point), value), (-1, final)))


def access_vector(
    plan: Plan,
    side: str,
    a: int,
    dim: int,
    out_points: Sequence[list[Ext]],
    shared_points: Mapping[int, list[Ext]],
) -> list[Ext]:
    """M(u): the weights of all iteration tuples of one operand axis that read u."""
    axis, axes = plan.access[side][a], sorted(read_axes(plan.access[side][a]))
    out_tables = [eq_all(point) for point in out_points]
    shared = {k: eq_all(point) for k, point in shared_points.items()}
    out: list[list[Ext]] = [[] for _ in range(dim)]
    for values in product(*(range(plan.relation.extents[k]) for k in axes)):
        at = dict(zip(axes, values, strict=True))
        u = reach(axis, at)
        if u is not None:
            weight = out_weight(plan, side, a, at, out_tables)
            for k, value in at.items():
                weight = weight * (shared[k][value] if k in shared else ONE)
            out[u].append(weight)
    return [total(weights) for weights in out]
