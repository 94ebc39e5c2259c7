"""The builder gathers columns and relations while a program is lowered; places are given to the columns afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from zkinfer.program.tables import runs_of
from zkinfer_verify.statement.column import Oracle, Role
from zkinfer_verify.statement.relations import ALONG, Affine, Contraction, Form, Lookup, Term, Vanish
from zkinfer_verify.statement.statement import HiddenInput, PublicOutput
from zkinfer_verify.statement.tables import Run, Table

UNCOUNTED = -1


@dataclass(frozen=True)
class Draft:
    """A column without a place. bundle: columns of one bundle lie at the same offset, so they are claimed together."""

    name: str
    role: Role
    dims: tuple[int, ...]
    lo: int
    hi: int
    bundle: str

    @property
    def oracle(self) -> Oracle:
        """The oracle that holds the column."""
        return Oracle.WEIGHTS if self.role is Role.WEIGHT else Oracle.WITNESS


@dataclass(frozen=True)
class Limbs:
    """How a value v in [lo, hi] is committed: v = lo + sum_l 2^(bits l) limb_l; columns: (index, bits of the limb).

    bits 0: v - lo is one column. exact: no plan may let the value range further.
    """

    lo: int
    bits: int
    columns: tuple[tuple[int, int], ...]
    exact: bool = False


@dataclass
class Builder:
    """Columns, tables and relations of a statement in the making.

    limb_bits: the width w of the limb table; wide: values whose top limb takes the whole table instead of its exact
    range; merged: each value is a bundle of its own; images: inputs that are proved together; apart: whether images
    have an axis of their own.
    """

    limb_bits: int
    wide: frozenset[str] = frozenset()
    merged: bool = False
    images: int = 1
    apart: bool = False
    drafts: list[Draft] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    vanishes: list[tuple[str, Vanish]] = field(default_factory=list)
    contractions: list[tuple[str, Contraction]] = field(default_factory=list)
    affines: list[tuple[str, Affine]] = field(default_factory=list)
    limbs: dict[str, Limbs] = field(default_factory=dict)
    inputs: list[HiddenInput] = field(default_factory=list)
    outputs: list[PublicOutput] = field(default_factory=list)

    def weight(self, name: str, dims: Sequence[int], lo: int, hi: int) -> int:
        """Add a column of weights; returns its index."""
        return self._draft(Draft(name, Role.WEIGHT, tuple(dims), lo, hi, name))

    def table(self, lo: int, size: int, image: tuple[Run, ...] = ()) -> int:
        """Return the table of lo .. lo + size - 1 and its image, added on first use; who counts it is known later."""
        table = Table(lo, size, UNCOUNTED, image)
        if table not in self.tables:
            self.tables.append(table)
        return self.tables.index(table)

    def in_table(self, name: str, dims: Sequence[int], lo: int, hi: int, bundle: str | None = None) -> Form:
        """Commit a value as one column in the table of lo .. hi: the range is exact."""
        column = self._draft(Draft(name, Role.RANGED, tuple(dims), lo, hi, bundle or name))
        self.lookups.append(Lookup(self.table(lo, hi - lo + 1), ((column, 1),)))
        self.limbs[name] = Limbs(0, 0, ((column, 0),))
        return _column(tuple(dims), column)

    def coded(self, name: str, dims: Sequence[int], lo: int, hi: int, bundle: str) -> Form:
        """Commit a value in lo .. hi as one column of v - lo, in a table that all values of as many codes share."""
        column = self._draft(Draft(name, Role.RANGED, tuple(dims), 0, hi - lo, bundle))
        self.lookups.append(Lookup(self.table(0, hi - lo + 1), ((column, 1),)))
        self.limbs[name] = Limbs(lo, 0, ((column, 0),))
        (term,) = _column(tuple(dims), column).terms
        return Form(tuple(dims), (term,), lo)

    def ranged(self, name: str, dims: Sequence[int], lo: int, hi: int, bundle: str, *, exact: bool = False) -> Form:
        """Commit a value in [lo, hi] as limbs of v - lo.

        Every limb but the top one fills the table of 2^w rows. The top limb of k < w bits is looked up twice, as v
        and as 2^(w-k) v, which makes its range exact; or once, when the value is `wide` and may range further.
        exact: it may not; for a remainder, whose range is what makes its quotient the only one.
        """
        dims, bits = tuple(dims), max(1, (hi - lo).bit_length())
        bundle = name if self.merged else bundle
        table = self.table(0, 1 << self.limb_bits)
        terms, columns = [], []
        for limb in range(-(-bits // self.limb_bits)):
            width = min(self.limb_bits, bits - limb * self.limb_bits)
            twice = width < self.limb_bits and (exact or name not in self.wide)
            reach = (1 << width if twice else 1 << self.limb_bits) - 1
            column = self._draft(Draft(f"{name}.limb{limb}", Role.RANGED, dims, 0, reach, bundle))
            self.lookups.append(Lookup(table, ((column, 1),)))
            if twice:
                self.lookups.append(Lookup(table, ((column, 1 << (self.limb_bits - width)),)))
            terms.append(Term(1 << (limb * self.limb_bits), column, (ALONG,) * len(dims)))
            columns.append((column, width))
        self.limbs[name] = Limbs(lo, self.limb_bits, tuple(columns), exact)
        return Form(dims, tuple(terms), lo)

    def applied(self, name: str, dims: Sequence[int], lo: int, values: NDArray[np.int64]) -> tuple[Form, Form]:
        """Commit x and f(x) for a function given by its values at lo, lo + 1, ..; x is committed as `name`.argument.

        Returns the forms of x and of f(x).
        """
        dims, argument = tuple(dims), f"{name}.argument"
        column = self._draft(Draft(argument, Role.RANGED, dims, lo, lo + len(values) - 1, name))
        self.limbs[argument] = Limbs(0, 0, ((column, 0),))
        return _column(dims, column), self.image(name, column, lo, values)

    def image(self, name: str, column: int, lo: int, values: NDArray[np.int64]) -> Form:
        """Commit f(x) for a committed column x, which lies in lo .. lo + len(values) - 1; returns its form.

        The two are looked up together, so they lie at the same offset. The lookup enforces the range of x as well.
        """
        x = self.drafts[column]
        image = self._draft(Draft(name, Role.RANGED, x.dims, int(values.min()), int(values.max()), x.bundle))
        self.lookups.append(Lookup(self.table(lo, len(values), runs_of(values)), ((column, 1), (image, 1))))
        self.limbs[name] = Limbs(0, 0, ((image, 0),))
        return _column(x.dims, image)

    def multiplicities(self) -> list[Draft]:
        """Return the columns that count the lookups in each table."""
        total = sum(prod(self.drafts[lookup.components[0][0]].dims) for lookup in self.lookups)
        return [
            Draft(f"table{k + 1}.multiplicities", Role.MULTIPLICITY, (table.size,), 0, total, f"table{k + 1}")
            for k, table in enumerate(self.tables)
        ]

    def _draft(self, draft: Draft) -> int:
        self.drafts.append(draft)
        return len(self.drafts) - 1


def _column(dims: tuple[int, ...], column: int) -> Form:
    """Return the form that is a column."""
    return Form(dims, (Term(1, column, (ALONG,) * len(dims)),), 0)
