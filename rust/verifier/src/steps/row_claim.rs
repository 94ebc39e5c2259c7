//! Row claims (6.7): sum_i w_i <row_i, g> = value, with w over an oracle's rows and g over a row's cells.

use crate::claim::Claim;
use crate::extension::Ext;
use crate::layout::Part;
use crate::multilinear::{EqTable, eq, pairs, product_at};
use crate::statement::Oracle;

/// The weights of the rows.
#[derive(Debug, Clone)]
pub enum Rows {
    /// Weights one by one; a row may come back.
    Listed(Vec<(u64, Ext)>),
    /// Runs of rows (first, number, factor): row first + k weighs factor * eq(point, k).
    Runs(Vec<(u64, u64, Ext)>, Vec<Ext>),
}

/// The weights of a row's cells.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Cells {
    /// eq(point) on a slot of so many variables less than a row, zero elsewhere.
    Slot { slot: u64, missing: usize, point: Vec<Ext> },
    /// eq(point) on the padded cells of a pattern, zero on real ones.
    Padded { pattern: Vec<Part>, point: Vec<Ext> },
}

/// A claim on rows.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct RowClaim {
    pub oracle: Oracle,
    pub rows: Rows,
    pub cells: Cells,
    pub value: Claim,
}

impl RowClaim {
    /// Add by * w to the weights of all rows, those of W first, then those of A.
    pub fn add_rows(&self, by: Ext, weight_rows: usize, out: &mut [Ext]) {
        let first = if self.oracle == Oracle::Weights { 0 } else { weight_rows };
        let mut add = |row: u64, weight: Ext| {
            let row = first + row as usize;
            out[row] = out[row] + by * weight;
        };
        match &self.rows {
            Rows::Listed(list) => list.iter().for_each(|&(row, weight)| add(row, weight)),
            Rows::Runs(runs, point) => {
                let eq = EqTable::new(point);
                for &(start, count, factor) in runs {
                    (0..count).for_each(|k| add(start + k, factor * eq.at(k)));
                }
            }
        }
    }

    /// kappa = <g, eq(s)>.
    #[must_use]
    pub fn kappa(&self, s: &[Ext]) -> Ext {
        match &self.cells {
            Cells::Slot { slot, missing, point } => {
                let (prefix, rest) = s.split_at(*missing);
                product_at(&pairs(prefix), *slot) * eq(point, rest)
            }
            Cells::Padded { pattern, point } => {
                let both: Vec<(Ext, Ext)> = point
                    .iter()
                    .zip(s)
                    .map(|(&z, &s)| ((Ext::ONE - z) * (Ext::ONE - s), z * s))
                    .collect();
                pattern
                    .iter()
                    .fold(eq(point, s), |out, part| out - part.sum_real(&both))
            }
        }
    }
}
