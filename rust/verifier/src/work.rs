//! How much a verifier computes for one proof (3.10), counted before it begins.

use crate::access::{AxisPlan, Plan};
use crate::error::{Result, refuse};
use crate::limits::MAX_WORK;
use crate::statement::{Contraction, Coordinate, Operand, Statement, Table, Tensor, Term, entries};

/// Refuse a statement that asks its verifiers for too much.
///
/// # Errors
///
/// The elements of E for one proof are more than `MAX_WORK`.
pub fn check_work(statement: &Statement, plans: &[Plan]) -> Result<()> {
    let terms = statement
        .forms()
        .flat_map(|form| &form.terms)
        .map(|term| of_term(statement, term));
    let contractions = statement
        .contractions
        .iter()
        .zip(plans)
        .map(|(contraction, plan)| of_contraction(contraction, plan));
    let tables = statement.tables.iter().map(|table| of_table(statement, table));
    if terms.chain(contractions).chain(tables).fold(0, u64::saturating_add) > MAX_WORK {
        return refuse("its verifiers have to compute too many elements for each proof");
    }
    Ok(())
}

/// A weight for each row of the term's column, or for each entry of its output.
fn of_term(statement: &Statement, term: &Term) -> u64 {
    match term.tensor {
        Tensor::Column(k) => statement.columns[k].rows(statement.row_vars),
        Tensor::Output(k) => entries(&statement.outputs[k].dims),
    }
}

/// For each run of the image, two elements a variable of its multiplicities' row, and one for each of their rows.
fn of_table(statement: &Statement, table: &Table) -> u64 {
    let column = &statement.columns[table.multiplicities];
    let variables = u64::from(column.vars().min(statement.row_vars));
    (table.image.len() as u64).saturating_mul(2 * variables + column.rows(statement.row_vars))
}

fn of_contraction(contraction: &Contraction, plan: &Plan) -> u64 {
    let side = |operand: &Operand, axes: &[AxisPlan]| {
        let planned = operand.access.iter().zip(axes);
        planned
            .map(|(axis, plan)| of_axis(contraction, axis, plan))
            .fold(0, u64::saturating_add)
    };
    let left = contraction.left.as_ref().map_or(0, |left| side(left, &plan.left));
    left.saturating_add(side(&contraction.right, &plan.right))
}

/// The entries of a sliding axis and of the output axes homed there, its iteration values, and the places they reach.
fn of_axis(contraction: &Contraction, axis: &[Coordinate], plan: &AxisPlan) -> u64 {
    let AxisPlan::Slides { reads, homed } = plan else {
        return 0;
    };
    let size = |axis: &[Coordinate]| product(axis.iter().map(|c| c.extent));
    let values = product(reads.iter().map(|&k| contraction.extents[k]));
    let places = product(axis.iter().map(|coordinate| {
        let reach = coordinate.terms.iter().map(|&(k, step)| {
            let last = contraction.extents[k] - 1;
            step.unsigned_abs().saturating_mul(last)
        });
        reach.fold(1, u64::saturating_add)
    }));
    homed
        .iter()
        .map(|&out| size(&contraction.out.access[out]))
        .chain([size(axis), values, places])
        .fold(0, u64::saturating_add)
}

fn product(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(1, u64::saturating_mul)
}
