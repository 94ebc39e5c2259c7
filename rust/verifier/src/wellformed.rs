//! The parts of a statement fit together (3.9).

use crate::error::{Result, refuse};
use crate::layout::{GroupKey, LeafRow};
use crate::limits::{
    MAX_COLUMNS, MAX_ENTRIES, MAX_FACTORS, MAX_ITERATION_AXES, MAX_OUTPUT_ENTRIES, MAX_PRODUCTS, MAX_ROWS, MAX_RUNS,
    MAX_TABLE_ROWS,
};
use crate::statement::{Axis, Column, Form, Oracle, Role, Statement, Table, Tensor, entries};
use std::collections::{HashMap, HashSet};

const EPILOGUES: [&str; 2] = ["none", "l2_normalize"];

/// Check sizes, indices and places. Afterwards every index of the statement is valid.
///
/// # Errors
///
/// The first rule that does not hold.
pub fn check_shapes(statement: &Statement) -> Result<()> {
    check_rows(statement)?;
    check_tables(statement)?;
    for form in statement.forms() {
        check_form(statement, form)?;
    }
    check_relations(statement)?;
    check_public(statement)
}

fn check_rows(statement: &Statement) -> Result<()> {
    if statement.weight_rows > MAX_ROWS || !(1..=MAX_ROWS).contains(&statement.witness_rows) {
        return refuse("an oracle has too many rows, or A has none");
    }
    if statement.columns.len() > MAX_COLUMNS {
        return refuse("there are too many columns");
    }
    for column in &statement.columns {
        check_place(statement, column)?;
    }
    for oracle in [Oracle::Weights, Oracle::Witness] {
        let mut places: Vec<(u64, u64)> = statement
            .columns
            .iter()
            .filter(|column| column.oracle == oracle)
            .map(|column| {
                let start = (column.row << statement.row_vars) + column.offset;
                let missing = column.missing(statement.row_vars);
                let end = start + (column.rows(statement.row_vars) << (statement.row_vars - missing));
                (start, end)
            })
            .collect();
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[1].0 < pair[0].1) {
            return refuse("two columns overlap");
        }
    }
    Ok(())
}

fn check_place(statement: &Statement, column: &Column) -> Result<()> {
    let (name, row_vars) = (&column.name, statement.row_vars);
    if (column.role == Role::Weight) != (column.oracle == Oracle::Weights) {
        return refuse(format!("column {name} lies in the wrong oracle"));
    }
    let slot = 1 << (row_vars - column.missing(row_vars));
    if !column.offset.is_multiple_of(slot) || column.offset >= 1 << row_vars {
        return refuse(format!("column {name} is not aligned in its row"));
    }
    let end = column.row.checked_add(column.rows(row_vars));
    if end.is_none_or(|end| end > statement.oracle_rows(column.oracle)) {
        return refuse(format!("column {name} lies outside of its oracle's rows"));
    }
    Ok(())
}

fn check_tables(statement: &Statement) -> Result<()> {
    let mut multiplicities = HashSet::new();
    for table in &statement.tables {
        if !(1..=MAX_TABLE_ROWS).contains(&table.size) {
            return refuse("a table is empty or too large");
        }
        let Some(column) = statement.columns.get(table.multiplicities) else {
            return refuse("a table's multiplicities are in no column");
        };
        if column.role != Role::Multiplicity || !multiplicities.insert(table.multiplicities) {
            return refuse("tables and columns of multiplicities are not one to one");
        }
        if column.dims != [table.size] {
            return refuse("multiplicities differ from their table in size");
        }
        check_image(table)?;
    }
    if statement.tables.iter().map(|table| table.image.len()).sum::<usize>() > MAX_RUNS {
        return refuse("tables have too many runs");
    }
    if statement
        .columns
        .iter()
        .filter(|column| column.role == Role::Multiplicity)
        .count()
        != multiplicities.len()
    {
        return refuse("tables and columns of multiplicities are not one to one");
    }
    if statement.lookups.is_empty() {
        return refuse("nothing is looked up");
    }
    let mut seen = HashSet::new();
    for lookup in &statement.lookups {
        let Some(table) = statement.tables.get(lookup.table) else {
            return refuse("a lookup names a table that does not exist");
        };
        if lookup.components.len() != table.width() {
            return refuse("a lookup's width differs from its table's");
        }
        for &(column, scale) in &lookup.components {
            match statement.columns.get(column) {
                None => return refuse("a lookup names a column that does not exist"),
                Some(column) if column.role != Role::Ranged => {
                    return refuse(format!("column {} cannot be looked up", column.name));
                }
                Some(_) => {}
            }
            if !(1..1 << 62).contains(&scale) {
                return refuse("a lookup's scale is not positive, or reaches 2^62");
            }
        }
        let place = |component: &(usize, i64)| {
            let column = &statement.columns[component.0];
            (&column.dims, column.offset)
        };
        if lookup
            .components
            .iter()
            .any(|one| place(one) != place(&lookup.components[0]))
        {
            return refuse("a lookup's columns lie apart");
        }
        if !seen.insert(&lookup.components) {
            return refuse("the same columns are looked up twice with the same scales");
        }
    }
    Ok(())
}

/// A table's runs have rows, and together as many as the table.
fn check_image(table: &Table) -> Result<()> {
    let rows = table
        .image
        .iter()
        .fold(0_u64, |rows, run| rows.saturating_add(run.count));
    if table.image.iter().any(|run| run.count == 0) || rows != if table.image.is_empty() { 0 } else { table.size } {
        return refuse("a table's runs differ from it in size");
    }
    Ok(())
}

fn check_form(statement: &Statement, form: &Form) -> Result<()> {
    let mut places = HashSet::new();
    for term in &form.terms {
        if !places.insert((term.tensor, &term.axes)) {
            return refuse("a form names a tensor twice in one place");
        }
        if term.coefficient == 0 || term.axes.len() != form.dims.len() {
            return refuse("a term of a form is zero or does not fit its axes");
        }
        let dims = match term.tensor {
            Tensor::Column(k) => match statement.columns.get(k) {
                None => return refuse("a form names a column that does not exist"),
                Some(column) if column.role == Role::Multiplicity => return refuse("a form names multiplicities"),
                Some(column) => &column.dims,
            },
            Tensor::Output(k) => match statement.outputs.get(k) {
                None => return refuse("a form names a public output that does not exist"),
                Some(output) => &output.dims,
            },
        };
        let axes = || term.axes.iter().zip(&form.dims);
        let along = axes().filter(|(kind, _)| **kind == Axis::Along).map(|(_, dim)| dim);
        if !along.eq(dims) {
            return refuse("a tensor does not fit the axes that it lies along");
        }
        if axes().any(|(kind, dim)| matches!(kind, Axis::Select(index) if index >= dim)) {
            return refuse("a term selects an index outside of its axis");
        }
    }
    Ok(())
}

fn check_relations(statement: &Statement) -> Result<()> {
    for factors in &statement.vanishes {
        let Some(first) = factors.first() else {
            return refuse("a vanish relation has no factors");
        };
        if factors.len() > MAX_FACTORS {
            return refuse("a vanish relation has too many factors");
        }
        if factors.iter().any(|factor| factor.dims != first.dims) {
            return refuse("the factors of a vanish relation differ in extents");
        }
    }
    for contraction in &statement.contractions {
        let extents = &contraction.extents;
        let size = extents
            .iter()
            .try_fold(1_u64, |size, &n| size.checked_mul(n).filter(|&n| n <= MAX_PRODUCTS));
        if extents.len() > MAX_ITERATION_AXES || extents.contains(&0) || size.is_none() {
            return refuse("a contraction's iteration axes are too many, empty or too long");
        }
        let operands = contraction.left.iter().chain([&contraction.right]);
        let mut terms = operands.flat_map(|operand| &operand.form.terms);
        if terms.any(|term| matches!(term.tensor, Tensor::Output(_))) {
            return refuse("a contraction reads a public output");
        }
        if contraction.norm < 0 || (contraction.left.is_none() && contraction.norm != 1) {
            return refuse("a contraction's norm is negative, or is not one without a left operand");
        }
    }
    let [products, lookups, vanish_entries] = work(statement);
    if products > MAX_PRODUCTS || lookups.saturating_add(vanish_entries) > MAX_ENTRIES {
        return refuse("there are too many products, or too many lookups and vanish entries");
    }
    Ok(())
}

/// Products, entries looked up, entries of vanish relations: what the run of zeros is computed from (7.1).
#[must_use]
pub fn work(statement: &Statement) -> [u64; 3] {
    let sum =
        |sizes: &mut dyn Iterator<Item = &Vec<u64>>| sizes.fold(0_u64, |sum, dims| sum.saturating_add(entries(dims)));
    [
        sum(&mut statement
            .contractions
            .iter()
            .filter(|c| c.left.is_some())
            .map(|c| &c.extents)),
        sum(&mut statement
            .lookups
            .iter()
            .map(|lookup| &statement.columns[lookup.components[0].0].dims)),
        sum(&mut statement.vanishes.iter().map(|factors| &factors[0].dims)),
    ]
}

fn check_public(statement: &Statement) -> Result<()> {
    if statement.outputs.is_empty() {
        return refuse("there is no public output");
    }
    let size = statement
        .outputs
        .iter()
        .fold(0_u64, |sum, output| sum.saturating_add(entries(&output.dims)));
    if size > MAX_OUTPUT_ENTRIES {
        return refuse("the public outputs are too large");
    }
    for output in &statement.outputs {
        if output.bound < 0 {
            return refuse(format!("the bound of output {} is negative", output.name));
        }
        if !EPILOGUES.contains(&output.epilogue.as_str()) || !output.scale.is_finite() {
            return refuse(format!("the display of output {} is unknown", output.name));
        }
    }
    let mut columns = HashSet::new();
    for input in &statement.inputs {
        if !columns.insert(input.column) {
            return refuse("two inputs are one column");
        }
        match statement.columns.get(input.column) {
            Some(column) if column.role == Role::Ranged => {
                if entries(&column.dims) != entries(&input.shape) {
                    return refuse(format!("input {} differs from its column in size", input.name));
                }
            }
            _ => return refuse(format!("input {} is in no column of values", input.name)),
        }
    }
    Ok(())
}

/// Check that every row of A stands in a leaf, every row of W, every input and every output in a relation.
///
/// # Errors
///
/// Something that no relation touches.
pub fn check_coverage(statement: &Statement, leaves: &[LeafRow]) -> Result<()> {
    let mut witness = vec![false; statement.witness_rows as usize];
    for leaf in leaves {
        for &(row, _) in &leaf.components {
            witness[row as usize] = true;
        }
    }
    if witness.contains(&false) {
        return refuse("a row of A stands in no lookup leaf");
    }
    let mut weights = vec![false; statement.weight_rows as usize];
    for index in lone_weights(statement) {
        let column = &statement.columns[index];
        weights[column.row as usize..(column.row + column.rows(statement.row_vars)) as usize].fill(true);
    }
    if weights.contains(&false) {
        return refuse("a row of W stands alone in no relation");
    }
    let named: HashSet<Tensor> = statement
        .forms()
        .flat_map(|form| &form.terms)
        .map(|term| term.tensor)
        .collect();
    if (0..statement.outputs.len()).any(|k| !named.contains(&Tensor::Output(k))) {
        return refuse("a public output stands in no relation");
    }
    if statement
        .inputs
        .iter()
        .any(|input| !named.contains(&Tensor::Column(input.column)))
    {
        return refuse("an input stands in no relation");
    }
    Ok(())
}

/// The columns of W that are some form's only term in its group (6.7): their rows have a claim of their own, which
/// no other term can cancel.
fn lone_weights(statement: &Statement) -> HashSet<usize> {
    let mut out = HashSet::new();
    for form in statement.forms() {
        let mut groups: HashMap<GroupKey, Vec<usize>> = HashMap::new();
        for term in &form.terms {
            if let Tensor::Column(k) = term.tensor {
                let key = GroupKey::of(&statement.columns[k], &term.axes, statement.row_vars);
                if key.oracle == Oracle::Weights {
                    groups.entry(key).or_default().push(k);
                }
            }
        }
        out.extend(
            groups
                .values()
                .filter_map(|columns| if let [k] = columns[..] { Some(k) } else { None }),
        );
    }
    out
}

/// Check that no row holds multiplicities beside values: a table's leaf row takes every cell for a multiplicity.
///
/// # Errors
///
/// Such a row.
pub fn check_leaves(leaves: &[LeafRow]) -> Result<()> {
    let rows = |of_tables: bool| {
        let chosen = leaves.iter().filter(move |leaf| leaf.is_table == of_tables);
        chosen.flat_map(|leaf| leaf.components.iter().map(|&(row, _)| row))
    };
    let tables: HashSet<u64> = rows(true).collect();
    if rows(false).any(|row| tables.contains(&row)) {
        return refuse("a row holds multiplicities beside values");
    }
    Ok(())
}
