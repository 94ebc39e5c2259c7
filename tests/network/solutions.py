"""Every witness of a small statement: all integers that its tables allow, as far as its relations hold of them.

A cheating prover may commit any of them. Relations are written out entry by entry, as sums of products of linear forms,
and unknown entries are tried one after the other; what cannot hold any more, by the ranges of what is unknown, is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

import numpy as np

from tests.network.lowered import Case
from zkinfer.program.from_network import NetworkProgram
from zkinfer.program.tables import table_component
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.column import Role
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Access, Contraction, Form

Entry = tuple[int, int]
"""A column (public outputs from -1 down) and the number of one of its entries."""
Interval = tuple[int, int]


@dataclass
class Linear:
    """constant + sum of coefficient * entry."""

    constant: int = 0
    terms: dict[Entry, int] = field(default_factory=dict)

    def range(self, domains: Mapping[Entry, Sequence[int]]) -> Interval:
        """The smallest and the largest value."""
        lo = hi = self.constant
        for entry, coefficient in self.terms.items():
            ends = coefficient * domains[entry][0], coefficient * domains[entry][-1]
            lo, hi = lo + min(ends), hi + max(ends)
        return lo, hi


ONE = Linear(1)


@dataclass(frozen=True)
class Equation:
    """sum of sign * left * right = 0."""

    products: tuple[tuple[int, Linear, Linear], ...]

    @property
    def entries(self) -> set[Entry]:
        """What it speaks of."""
        return {entry for _, *forms in self.products for form in forms for entry in form.terms}

    def possible(self, domains: Mapping[Entry, Sequence[int]]) -> bool:
        """Whether it may hold, by ranges; exact where everything is known."""
        lo = hi = 0
        for sign, left, right in self.products:
            ends = [sign * a * b for a in left.range(domains) for b in right.range(domains)]
            lo, hi = lo + min(ends), hi + max(ends)
        return lo <= 0 <= hi


@dataclass(frozen=True)
class OneIsZero:
    """One of the factors is zero."""

    factors: tuple[Linear, ...]

    @property
    def entries(self) -> set[Entry]:
        """What it speaks of."""
        return {entry for factor in self.factors for entry in factor.terms}

    def possible(self, domains: Mapping[Entry, Sequence[int]]) -> bool:
        """Whether it may hold, by ranges."""
        return any(lo <= 0 <= hi for lo, hi in (factor.range(domains) for factor in self.factors))


@dataclass(frozen=True)
class Function:
    """A pair of entries is (x, f(x))."""

    argument: Entry
    result: Entry
    values: Mapping[int, int]

    @property
    def entries(self) -> set[Entry]:
        """What it speaks of."""
        return {self.argument, self.result}

    def possible(self, domains: Mapping[Entry, Sequence[int]]) -> bool:
        """Whether it may hold."""
        results = set(domains[self.result])
        return any(self.values[x] in results for x in domains[self.argument])


class Solver:
    """The relations of a lowered case, with its inputs and weights as they are."""

    def __init__(self, case: Case) -> None:
        self._case, self._statement = case, case.lowered.statement
        self._fixed = {port.tensor for port in case.network.inputs}
        self._weights = NetworkProgram(case.network).weight_arrays()
        self.domains = self._domains()
        self.constraints = [*self._equations(), *self._functions()]
        self._of: dict[Entry, list[Any]] = {entry: [] for entry in self.domains}
        for constraint in self.constraints:
            for entry in constraint.entries:
                self._of[entry].append(constraint)

    def witnesses(self) -> Iterator[dict[Entry, int]]:
        """Yield every witness."""
        if all(constraint.possible(self.domains) for constraint in self.constraints):
            yield from self._search(dict(self.domains))

    def _search(self, domains: dict[Entry, Sequence[int]]) -> Iterator[dict[Entry, int]]:
        open_entries = [entry for entry, values in domains.items() if len(values) > 1]
        if not open_entries:
            yield {entry: values[0] for entry, values in domains.items()}
            return
        entry = min(open_entries, key=lambda e: len(domains[e]))
        for value in domains[entry]:
            narrowed = {**domains, entry: (value,)}
            if self._narrow(narrowed, [entry]):
                yield from self._search(narrowed)

    def _narrow(self, domains: dict[Entry, Sequence[int]], changed: list[Entry]) -> bool:
        """Take values away that no longer can be, until nothing changes; returns whether each entry has some left."""
        while changed:
            for constraint in self._of[changed.pop()]:
                if not constraint.possible(domains):
                    return False
                unknown = [entry for entry in constraint.entries if len(domains[entry]) > 1]
                for entry in unknown if len(unknown) <= 2 else ():
                    values = domains[entry]
                    left = []
                    for value in values:
                        domains[entry] = (value,)
                        if constraint.possible(domains):
                            left.append(value)
                    domains[entry] = left
                    if not left:
                        return False
                    if len(left) < len(values):
                        changed.append(entry)
        return True

    # Entries and what they may be.

    def _domains(self) -> dict[Entry, Sequence[int]]:
        """What tables allow; inputs and weights as the honest witness has them; outputs within their bounds."""
        statement, found = self._statement, {}
        spans: dict[int, Interval] = {}
        for lookup in statement.lookups:
            for component, (column, scale) in enumerate(lookup.components):
                lo, hi = statement.tables[lookup.table].span(component)
                before = spans.get(column, (-P, P))
                spans[column] = max(before[0], -(-lo // scale)), min(before[1], hi // scale)
        for number, column in enumerate(statement.columns):
            if column.role is Role.RANGED and column.name.split(".limb")[0] not in self._fixed:
                values = [range(spans[number][0], spans[number][1] + 1)] * column.size
            elif column.role is not Role.MULTIPLICITY:
                values = [(int(v),) for v in self._honest(number).reshape(-1)]
            else:
                continue
            found |= {(number, k): value for k, value in enumerate(values)}
        for number, output in enumerate(statement.outputs):
            values = [range(-output.bound, output.bound + 1)] * prod(output.dims)
            found |= {(-1 - number, k): value for k, value in enumerate(values)}
        return found

    def _honest(self, number: int) -> np.ndarray:
        column = self._statement.columns[number]
        if column.role is Role.WEIGHT:
            return np.asarray(self._weights[column.name])
        cells = self._case.cells(self._case.witness.rows, column)
        return np.where(cells > P // 2, cells - np.uint64(P), cells).view(np.int64)

    # Relations, entry by entry.

    def _form(self, form: Form) -> dict[tuple[int, ...], Linear]:
        out = {}
        for at in product(*map(range, form.dims)):
            linear = Linear(form.constant)
            for term in form.terms:
                if all(kind in (ALONG, BROADCAST, index) for kind, index in zip(term.axes, at, strict=True)):
                    own = [index for kind, index in zip(term.axes, at, strict=True) if kind == ALONG]
                    dims = self._dims(term.column)
                    entry = term.column, int(np.ravel_multi_index(own, dims)) if dims else 0
                    linear.terms[entry] = linear.terms.get(entry, 0) + term.coefficient
            out[at] = linear
        return out

    def _dims(self, column: int) -> tuple[int, ...]:
        statement = self._statement
        return statement.columns[column].dims if column >= 0 else statement.outputs[-1 - column].dims

    def _equations(self) -> Iterator[Equation | OneIsZero]:
        for affine in self._statement.affines:
            yield from (Equation(((1, linear, ONE),)) for linear in self._form(affine.form).values())
        for vanish in self._statement.vanishes:
            factors = [self._form(factor) for factor in vanish.factors]
            yield from (OneIsZero(tuple(factor[at] for factor in factors)) for at in factors[0])
        for relation in self._statement.contractions:
            yield from self._contracted(relation)

    def _contracted(self, relation: Contraction) -> Iterator[Equation]:
        out, right = self._form(relation.out), self._form(relation.right)
        left = None if relation.left is None else self._form(relation.left)
        sums: dict[tuple[int, ...], list[tuple[int, Linear, Linear]]] = {at: [(-1, out[at], ONE)] for at in out}
        for k in product(*map(range, relation.extents)):
            at, b = _place(relation.out_access, k), _place(relation.right_access, k)
            a = _place(relation.left_access, k) if left is not None else ()
            if at is not None and a is not None and b is not None:
                sums[at].append((1, ONE if left is None else left[a], right[b]))
        yield from (Equation(tuple(products)) for products in sums.values())

    def _functions(self) -> Iterator[Function]:
        for lookup in self._statement.lookups:
            if len(lookup.components) == 2:
                table = self._statement.tables[lookup.table]
                values = dict(enumerate(map(int, table_component(table, 1)), table.lo))
                (x, _), (y, _) = lookup.components
                for k in range(self._statement.columns[x].size):
                    yield Function((x, k), (y, k), values)


def _place(access: Access, k: Sequence[int]) -> tuple[int, ...] | None:
    """The entry of a tensor that iteration values read, or None out of range."""
    found = []
    for coordinates in access:
        place = 0
        for index in coordinates:
            value = sum(step * k[axis] for axis, step in index.terms) - index.offset
            if not 0 <= value < index.extent:
                return None
            place = place * index.extent + value
        found.append(place)
    return tuple(found)
