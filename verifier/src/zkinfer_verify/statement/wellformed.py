"""Which statements are well formed: shapes fit, indices exist, rows do not overlap and every row is covered.

Rows that no claim touches would not be proved to be near the code, so every row of A must stand in a lookup leaf; that
every row of W is claimed is checked where claims are known, in check/validity.py.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite, prod

from zkinfer_verify.errors import UsageError
from zkinfer_verify.hashing.digest import DIGEST_BYTES
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement import limits
from zkinfer_verify.statement.column import Column, Oracle, Role
from zkinfer_verify.statement.layout import Layout
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Access, Contraction, Form, Index
from zkinfer_verify.statement.statement import EPILOGUES, Statement


def check_shapes(statement: Statement, layout: Layout) -> None:
    """Check a statement's structure.

    Errors: UsageError naming what does not fit.
    """
    _check_sizes(statement)
    for column in statement.columns:
        _check_column(statement, column)
    for form in forms_of(statement):
        _need(_extents_fit(form.dims), f"a form has extents {form.dims}")
    _check_counts(statement, layout)
    _check_slots(statement)
    _check_tables(statement)
    _check_lookups(statement)
    for form in forms_of(statement):
        _check_form(statement, form)
    for vanish in statement.vanishes:
        _need(len(vanish.factors) <= limits.MAX_FACTORS, "a vanish relation has too many factors")
        _need(len({factor.dims for factor in vanish.factors}) == 1, "factors of a vanish relation differ in extents")
    for relation in statement.contractions:
        _check_contraction(relation)
    _need(layout.num_products <= limits.MAX_PRODUCTS, "the contractions have too many products")
    _check_coverage(statement, layout)


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise UsageError(f"statement is not well formed: {what}")


def _check_sizes(st: Statement) -> None:
    _need(len(st.model_id) == len(st.weight_root) == DIGEST_BYTES, "a digest does not have 32 bytes")
    _need(0 <= st.weight_rows <= limits.MAX_ROWS and 0 < st.witness_rows <= limits.MAX_ROWS, "too many rows, or none")
    _need(len(st.columns) <= limits.MAX_COLUMNS, "too many columns")
    _need(bool(st.lookups), "nothing is looked up")
    entries = 0
    for output in st.outputs:
        _need(_extents_fit(output.dims) and output.bound >= 0, f"output {output.name}")
        _need(output.epilogue in EPILOGUES and isfinite(output.scale), f"the display of output {output.name}")
        entries += prod(output.dims)
    _need(0 < entries <= limits.MAX_OUTPUT_ENTRIES, "no public output, or too many")


def _extents_fit(dims: tuple[int, ...]) -> bool:
    return (
        0 < len(dims) <= limits.MAX_AXES
        and all(dim > 0 for dim in dims)
        and sum(map(num_bits, dims)) <= limits.MAX_CELLS.bit_length() - 1
    )


def _check_column(st: Statement, column: Column) -> None:
    name = f"column {column.name}"
    _need(_extents_fit(column.dims), f"{name} has extents {column.dims}")
    rows = st.weight_rows if column.oracle is Oracle.WEIGHTS else st.witness_rows
    _need((column.oracle is Oracle.WEIGHTS) == (column.role is Role.WEIGHT), f"{name} lies in the wrong oracle")
    _need(
        column.row >= 0 and column.row + column.row_count(st.row_vars) <= rows,
        f"{name} lies outside of its oracle's rows",
    )
    _need(column.lo <= column.hi, f"{name} has an empty range")
    slot = 1 << min(column.num_vars, st.row_vars)
    _need(0 <= column.offset < 1 << st.row_vars and column.offset % slot == 0, f"{name} is not aligned in its row")


def _check_counts(st: Statement, layout: Layout) -> None:
    """Bound everything that is enumerated later, before it is."""
    for oracle, rows in ((Oracle.WEIGHTS, st.weight_rows), (Oracle.WITNESS, st.witness_rows)):
        whole = [c for c in st.columns if c.oracle is oracle and c.num_vars >= st.row_vars]
        _need(sum(column.row_count(st.row_vars) for column in whole) <= rows, "columns overlap: they need more rows")
    for index in (index for lookup in st.lookups for index, _ in lookup.components):
        _need(0 <= index < len(st.columns), "a lookup names a column that does not exist")
    for table in st.tables:
        _need(0 <= table.multiplicities < len(st.columns), "a table names a column that does not exist")
    _need(all(lookup.components for lookup in st.lookups), "a lookup has no components")
    _need(all(vanish.factors for vanish in st.vanishes), "a vanish relation has no factors")
    looked_up = [lookup.components[0][0] for lookup in st.lookups]
    leaves = looked_up + [table.multiplicities for table in st.tables]
    leaf_rows = sum(st.columns[index].row_count(st.row_vars) for index in leaves)
    _need(leaf_rows <= limits.MAX_LEAF_ROWS, "too many rows of lookups")
    # Far below p, so that no count of lookups wraps around.
    _need(layout.num_lookups + layout.num_vanish_entries <= limits.MAX_ENTRIES, "too many lookups and products")


def _check_slots(st: Statement) -> None:
    taken: dict[tuple[Oracle, int], list[tuple[int, int, str]]] = {}
    roles: dict[tuple[Oracle, int], set[Role]] = {}
    for column in st.columns:
        slot = 1 << min(column.num_vars, st.row_vars)
        for k in range(column.row_count(st.row_vars)):
            taken.setdefault((column.oracle, column.row + k), []).append((column.offset, slot, column.name))
            roles.setdefault((column.oracle, column.row + k), set()).add(column.role)
    _need(all(len(held) == 1 for held in roles.values()), "a row holds multiplicities and other columns")
    for slots in taken.values():
        slots.sort()
        for (start, size, name), (following, _, other) in pairwise(slots):
            _need(start + size <= following, f"columns {name} and {other} overlap")


def _check_tables(st: Statement) -> None:
    counted = [table.multiplicities for table in st.tables]
    held = [index for index, column in enumerate(st.columns) if column.role is Role.MULTIPLICITY]
    _need(sorted(counted) == held, "tables and multiplicities do not match one to one")
    for table in st.tables:
        _need(0 < table.size <= limits.MAX_TABLE_ROWS, f"a table of {table.size} rows")
        _need(st.columns[table.multiplicities].dims == (table.size,), "multiplicities differ from their table in size")
        _need(all(run.count > 0 for run in table.image), "a run of a table has no rows")
        rows = sum(run.count for run in table.image)
        _need(not table.image or rows == table.size, "a table's runs differ from it in size")
        for component in range(table.width):
            _need(max(map(abs, table.span(component))) < 1 << 62, "a table's values")
    _need(sum(len(table.image) for table in st.tables) <= limits.MAX_RUNS, "too many runs of table rows")


def _check_lookups(st: Statement) -> None:
    looked_up = [lookup.components for lookup in st.lookups]
    # A leaf row merges lookups of one row and scale: the same column twice would add up its ids.
    _need(len(set(looked_up)) == len(looked_up), "the same columns are looked up twice with the same scales")
    for lookup in st.lookups:
        _need(0 <= lookup.table < len(st.tables), "a lookup names a table that does not exist")
        _need(len(lookup.components) == st.tables[lookup.table].width, "a lookup's width differs from its table's")
        for index, scale in lookup.components:
            _need(st.columns[index].role is Role.RANGED, f"column {st.columns[index].name} cannot be looked up")
            _need(0 < scale < 1 << 62, "a lookup's scale")
        first, *others = (st.columns[index] for index, _ in lookup.components)
        _need(all(c.dims == first.dims and c.offset == first.offset for c in others), "a lookup's columns lie apart")


def forms_of(st: Statement) -> Iterator[Form]:
    """Yield every form of a statement's relations."""
    for vanish in st.vanishes:
        yield from vanish.factors
    for affine in st.affines:
        yield affine.form
    for relation in st.contractions:
        yield relation.out
        yield relation.right
        if relation.left is not None:
            yield relation.left


def _check_form(st: Statement, form: Form) -> None:
    laid = [(term.column, term.axes) for term in form.terms]
    _need(len(set(laid)) == len(laid), "a form names a column twice in one place")
    for term in form.terms:
        _need(-len(st.outputs) <= term.column < len(st.columns), "a form names a column that does not exist")
        _need(term.coefficient != 0 and len(term.axes) == len(form.dims), "a form's term does not fit its axes")
        dims = st.outputs[-1 - term.column].dims if term.is_public else st.columns[term.column].dims
        if not term.is_public:
            _need(st.columns[term.column].role is not Role.MULTIPLICITY, "a form names multiplicities")
        along = tuple(dim for dim, kind in zip(form.dims, term.axes, strict=True) if kind == ALONG)
        _need(along == dims, f"a form of extents {form.dims} lays a tensor of extents {dims} along {along}")
        for dim, kind in zip(form.dims, term.axes, strict=True):
            _need(kind in (ALONG, BROADCAST) or 0 <= kind < dim, "a form selects an index outside of its axis")


def _check_contraction(relation: Contraction) -> None:
    extents = relation.extents
    _need(len(extents) <= limits.MAX_ITERATION_AXES and all(e > 0 for e in extents), "a contraction's iteration axes")
    _need(prod(extents) <= limits.MAX_PRODUCTS, "a contraction has too many iteration values")
    _need(0 <= relation.norm < 1 << 63, "a contraction's norm")
    _check_access(relation, relation.out, relation.out_access)
    for index in (index for coordinates in relation.out_access for index in coordinates):
        _need(_is_injective(relation, index), "an output's coordinate adds several kept indices into one entry")
    _check_access(relation, relation.right, relation.right_access)
    for operand in (relation.left, relation.right):
        if operand is not None:
            _need(not any(term.is_public for term in operand.terms), "a contraction reads a public output")
    if relation.left is not None:
        _check_access(relation, relation.left, relation.left_access)
    else:
        _need(
            relation.left_access == () and relation.norm == 1, "a contraction without weights has a norm or an access"
        )


def _is_injective(relation: Contraction, index: Index) -> bool:
    """Whether a coordinate tells its iteration axes apart: each step passes everything that smaller steps reach."""
    reach = 0
    for step, last in sorted((step, relation.extents[axis] - 1) for axis, step in index.terms):
        if last and step <= reach:
            return False
        reach += step * last
    return True


def _check_access(relation: Contraction, form: Form, access: Access) -> None:
    _need(len(access) == len(form.dims), "a contraction's access does not fit its tensor")
    for dim, coordinates in zip(form.dims, access, strict=True):
        _need(1 <= len(coordinates) <= 2, "an axis merges more than two coordinates")
        _need(prod(index.extent for index in coordinates) == dim, "an access does not cover its axis")
        axes = [axis for index in coordinates for axis, _ in index.terms]
        _need(len(set(axes)) == len(axes), "an axis of a tensor reads an iteration axis twice")
        _need(all(0 <= axis < len(relation.extents) for axis in axes), "a coordinate reads an axis that does not exist")
        _need(
            prod(relation.extents[axis] for axis in axes) <= limits.MAX_GRID_CELLS, "an axis reads too many positions"
        )
        reach = 1
        for index in coordinates:
            _need(index.extent > 0 and abs(index.offset) <= limits.MAX_GRID_CELLS, "a coordinate's extent or offset")
            _need(bool(index.terms), "a coordinate reads no iteration axis")
            _need(all(0 < step <= limits.MAX_GRID_CELLS for _, step in index.terms), "a coordinate's step")
            reach *= 1 + sum(step * (relation.extents[axis] - 1) for axis, step in index.terms)
        _need(reach <= limits.MAX_GRID_CELLS, "the coordinates of an axis reach too far")


def _check_coverage(st: Statement, layout: Layout) -> None:
    covered = {row for leaf in layout.leaf_rows for row, _ in leaf.components}
    _need(covered == set(range(st.witness_rows)), "a row of A stands in no lookup leaf")
    claimed = {term.column for form in forms_of(st) for term in form.terms}
    stated = {-1 - index for index in claimed if index < 0}
    _need(stated == set(range(len(st.outputs))), "a public output stands in no relation")
    sources = [hidden.column for hidden in st.inputs]
    _need(len(set(sources)) == len(sources), "two inputs are one column")
    for hidden in st.inputs:
        held = 0 <= hidden.column < len(st.columns) and st.columns[hidden.column].role is Role.RANGED
        _need(held and hidden.column in claimed, f"input {hidden.name} stands in no relation")
        fits = _extents_fit(hidden.shape) and prod(hidden.shape) == st.columns[hidden.column].size
        _need(fits, f"input {hidden.name} differs from its column in size")
