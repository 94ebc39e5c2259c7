//! How columns lie in rows: leaf rows (3.5) and patterns of padding (3.6).

use crate::error::{Result, refuse};
use crate::extension::Ext;
use crate::limits::MAX_LEAF_ROWS;
use crate::multilinear::{product_at, product_sum, vars};
use crate::statement::{Axis, Column, Oracle, Statement};
use std::collections::HashMap;

/// A column's part of one row: its slot, and which of the slot's cells are real.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// The number of the slot among the slots of its size.
    pub slot: u64,
    /// Variables missing to a whole row.
    pub missing: u32,
    /// For each axis, of its variables in the row: their number, and how many of their values are real.
    pub pieces: Vec<(u32, u64)>,
}

impl Part {
    /// The part of row `k` of a column.
    #[must_use]
    pub fn of(column: &Column, k: u64, row_vars: u32) -> Self {
        let missing = column.missing(row_vars);
        let mut outside = column.vars().saturating_sub(row_vars);
        let mut pieces = Vec::new();
        for &dim in &column.dims {
            let axis = vars(dim);
            let fixed_vars = axis.min(outside);
            outside -= fixed_vars;
            // The axis' top variables are bits of the row's number; the rest lies in the row.
            let fixed = (k >> outside) & ((1 << fixed_vars) - 1);
            let inside = axis - fixed_vars;
            let real = dim.saturating_sub(fixed << inside).min(1 << inside);
            if real == 0 {
                pieces = vec![(row_vars - missing, 0)];
                break;
            }
            if inside > 0 {
                pieces.push((inside, real));
            }
        }
        Self {
            slot: column.slot(row_vars),
            missing,
            pieces,
        }
    }

    /// How many cells the slot has.
    #[must_use]
    pub fn size(&self, row_vars: u32) -> u64 {
        1 << (row_vars - self.missing)
    }

    /// How many of its cells are real.
    #[must_use]
    pub fn real(&self) -> u64 {
        self.pieces.iter().map(|&(_, real)| real).product()
    }

    /// Sum over the slot's cells j of prod_k pair_k[bit k of j].
    #[must_use]
    pub fn sum_slot(&self, pairs: &[(Ext, Ext)]) -> Ext {
        let (prefix, rest) = pairs.split_at(self.missing as usize);
        product_at(prefix, self.slot) * rest.iter().fold(Ext::ONE, |out, pair| out * (pair.0 + pair.1))
    }

    /// Sum over the real cells j of prod_k pair_k[bit k of j].
    #[must_use]
    pub fn sum_real(&self, pairs: &[(Ext, Ext)]) -> Ext {
        let (prefix, mut rest) = pairs.split_at(self.missing as usize);
        let mut out = product_at(prefix, self.slot);
        for &(vars, real) in &self.pieces {
            let (piece, after) = rest.split_at(vars as usize);
            out = out * product_sum(piece, real);
            rest = after;
        }
        out
    }
}

/// What the terms of a form share that are opened by one scalar (6.7): their columns have one point.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct GroupKey {
    pub oracle: Oracle,
    pub along: Vec<usize>,
    pub slot: u64,
    pub missing: u32,
    pub axis_vars: Vec<u32>,
}

impl GroupKey {
    /// The group of a term.
    #[must_use]
    pub fn of(column: &Column, axes: &[Axis], row_vars: u32) -> Self {
        Self {
            oracle: column.oracle,
            along: (0..axes.len()).filter(|&axis| axes[axis] == Axis::Along).collect(),
            slot: column.slot(row_vars),
            missing: column.missing(row_vars),
            axis_vars: column.dims.iter().map(|&dim| vars(dim)).collect(),
        }
    }
}

/// One row of leaves: the rows of A with their scales, and the slots in them that take part.
#[derive(Debug, Clone)]
pub struct LeafRow {
    /// Whether the row of A holds multiplicities of a table's rows; else its cells are looked up.
    pub is_table: bool,
    /// Each row of A, and its scale.
    pub components: Vec<(u64, i64)>,
    /// For each slot: the part, the table's index, the index of the table's row in the part's first cell (tables only).
    pub slots: Vec<(Part, usize, u64)>,
}

/// The leaf rows in order, equal pairs merged at their first place.
///
/// # Errors
///
/// There are too many.
pub fn leaf_rows(statement: &Statement) -> Result<Vec<LeafRow>> {
    let row_vars = statement.row_vars;
    let lookups = statement
        .lookups
        .iter()
        .map(|one| (one.components.clone(), false, one.table));
    let tables = statement
        .tables
        .iter()
        .enumerate()
        .map(|(k, one)| (vec![(one.multiplicities, 1)], true, k));
    let mut out: Vec<LeafRow> = Vec::new();
    let mut places = HashMap::new();
    let mut parts = 0_u64;
    for (columns, is_table, table) in lookups.chain(tables) {
        // The columns of a tuple have one shape and one offset: wellformed has seen to it.
        let column = &statement.columns[columns[0].0];
        let rows = column.rows(row_vars);
        parts = parts.saturating_add(rows);
        if parts > MAX_LEAF_ROWS {
            return refuse("there are too many rows of lookups");
        }
        for k in 0..rows {
            let components: Vec<_> = columns
                .iter()
                .map(|&(index, scale)| (statement.columns[index].row + k, scale))
                .collect();
            let place = *places.entry((is_table, components.clone())).or_insert_with(|| {
                out.push(LeafRow {
                    is_table,
                    components,
                    slots: Vec::new(),
                });
                out.len() - 1
            });
            out[place]
                .slots
                .push((Part::of(column, k, row_vars), table, k << row_vars));
        }
    }
    Ok(out)
}

/// Rows of A with equal padding.
#[derive(Debug, Clone)]
pub struct PaddingGroup {
    /// The parts of each of the rows.
    pub pattern: Vec<Part>,
    /// The rows, ascending.
    pub rows: Vec<u64>,
}

/// The padding groups, by first row.
#[must_use]
pub fn padding_groups(statement: &Statement) -> Vec<PaddingGroup> {
    let row_vars = statement.row_vars;
    let mut rows: Vec<Vec<Part>> = vec![Vec::new(); statement.witness_rows as usize];
    for column in statement
        .columns
        .iter()
        .filter(|column| column.oracle == Oracle::Witness)
    {
        for k in 0..column.rows(row_vars) {
            rows[(column.row + k) as usize].push(Part::of(column, k, row_vars));
        }
    }
    let mut out: Vec<PaddingGroup> = Vec::new();
    let mut places: HashMap<Vec<Part>, usize> = HashMap::new();
    for (row, mut pattern) in rows.into_iter().enumerate() {
        pattern.sort_by_key(|part| part.slot << (row_vars - part.missing));
        let is_full = matches!(&pattern[..], [part] if part.missing == 0 && part.real() == 1 << row_vars);
        if is_full {
            continue;
        }
        let place = *places.entry(pattern.clone()).or_insert_with(|| {
            out.push(PaddingGroup {
                pattern,
                rows: Vec::new(),
            });
            out.len() - 1
        });
        out[place].rows.push(row as u64);
    }
    out
}
