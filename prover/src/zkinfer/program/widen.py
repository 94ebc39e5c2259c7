"""Which limbs may be wide: top limbs that fill their table, as far as the bounds allow it, the largest values first.

A wide limb changes its column's range, and nothing else that a bound depends on. So a value is tried by computing the
bounds of the relations that read it, not by lowering the program again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from zkinfer.program.lower import Lowered
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement.bounds import contraction_magnitude, magnitude
from zkinfer_verify.statement.relations import Form
from zkinfer_verify.statement.statement import Statement

Bound = Callable[[Statement], int]


def widest(lowered: Lowered) -> frozenset[str]:
    """Return the values of a lowered program that may all be wide, those with most entries first."""
    statement = lowered.statement
    tops = {
        name: limbs.columns[-1][0]
        for name, limbs in lowered.limbs.items()
        if limbs.bits and limbs.columns[-1][1] < limbs.bits and not limbs.exact
    }
    bounds_of = defaultdict(list)
    for read, bound in _bounds(statement):
        for index in read:
            bounds_of[index].append(bound)
    wide = set()
    for name, top in sorted(tops.items(), key=lambda item: (-statement.columns[item[1]].size, item[0])):
        column = replace(statement.columns[top], hi=(1 << lowered.limbs[name].bits) - 1)
        wider = replace(statement, columns=(*statement.columns[:top], column, *statement.columns[top + 1 :]))
        if all(bound(wider) < P // 2 for bound in bounds_of[top]):
            wide.add(name)
            statement = wider
    return frozenset(wide)


def _bounds(statement: Statement) -> Iterator[tuple[set[int], Bound]]:
    """Yield each number that must stay under p/2: the columns that it depends on, and how it is computed."""
    for relation in statement.contractions:
        read = [form for form in (relation.left, relation.right) if form is not None]
        yield _columns(*read), lambda wider, relation=relation: contraction_magnitude(wider, relation)  # type: ignore[misc]
        yield _of_form(relation.out)
    for affine in statement.affines:
        yield _of_form(affine.form)
    for vanish in statement.vanishes:
        yield from map(_of_form, vanish.factors)


def _of_form(form: Form) -> tuple[set[int], Bound]:
    return _columns(form), lambda wider: magnitude(wider, form)


def _columns(*forms: Form) -> set[int]:
    return {term.column for form in forms for term in form.terms if not term.is_public}
