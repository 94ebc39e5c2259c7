//! Lookups (7.2): one tree of fractions over all leaf rows.

use crate::channel::Channel;
use crate::claim::Claim;
use crate::error::Result;
use crate::extension::Ext;
use crate::layout::LeafRow;
use crate::multilinear::{EqTable, pairs};
use crate::prepared::Prepared;
use crate::statement::{Oracle, Table};
use crate::steps::row_claim::{Cells, RowClaim, Rows};
use crate::steps::sumcheck;

/// Run the tree from its root to two row claims: on multiplicities and on columns.
///
/// # Errors
///
/// A scalar is missing.
pub fn run(prepared: &Prepared, channel: &mut Channel<'_>) -> Result<Vec<RowClaim>> {
    let alpha = channel.challenge("lookup alpha");
    let beta = channel.challenge("lookup beta");
    let mut p = Claim::public(Ext::ZERO);
    let mut q = channel.scalar("lookup root denominator")?;
    let mut point = Vec::new();
    for _ in 0..prepared.counts.leaf_vars + prepared.counts.row_vars {
        let lambda = channel.challenge("lookup lambda");
        let claim = Claim::combine(&[(Ext::ONE, &p), (lambda, &q)]);
        let (at, last) = sumcheck::with_eq(channel, "lookup round", 2, &point, claim)?;
        let p0 = channel.scalar("lookup node")?;
        let q0 = channel.scalar("lookup node")?;
        let p1 = channel.scalar("lookup node")?;
        let q1 = channel.scalar("lookup node")?;
        let left = channel.product(&p0, &q1)?;
        let right = channel.product(&p1, &q0)?;
        let denominator = channel.product(&q0, &q1)?;
        let sum = Claim::combine(&[(Ext::ONE, &left), (Ext::ONE, &right), (lambda, &denominator)]);
        channel.constrain(sum.minus(&last));
        let tau = channel.challenge("lookup tau");
        p = Claim::combine(&[(Ext::ONE - tau, &p0), (tau, &p1)]);
        q = Claim::combine(&[(Ext::ONE - tau, &q0), (tau, &q1)]);
        point = at;
        point.push(tau);
    }
    Ok(leaf_claims(prepared, alpha, beta, &point, p, q))
}

/// The two row claims at the leaves: what is public of p and q is taken off.
fn leaf_claims(prepared: &Prepared, alpha: Ext, beta: Ext, point: &[Ext], p: Claim, q: Claim) -> Vec<RowClaim> {
    let (row_point, cell_point) = point.split_at(prepared.counts.leaf_vars as usize);
    let eq_rows = EqTable::new(row_point);
    let cells = pairs(cell_point);
    let (mut multiplicities, mut columns) = (Vec::new(), Vec::new());
    let (mut known_p, mut known_q) = (Ext::ZERO, Ext::ZERO);
    let mut missing = Ext::ONE;
    for (index, leaf) in prepared.leaves.iter().enumerate() {
        let eq = eq_rows.at(index as u64);
        missing = missing - eq;
        let mut denominator = alpha;
        for (part, table, _) in &leaf.slots {
            denominator = denominator - Ext::from_i64(*table as i64 + 1) * part.sum_slot(&cells);
        }
        if leaf.is_table {
            denominator = denominator - table_values(&prepared.statement.tables, leaf, beta, cell_point);
            multiplicities.push((leaf.components[0].0, -eq));
        } else {
            let real = leaf
                .slots
                .iter()
                .fold(Ext::ZERO, |sum, (part, _, _)| sum + part.sum_real(&cells));
            known_p = known_p + eq * real;
            let mut power = eq;
            for &(row, scale) in &leaf.components {
                power = power * beta;
                columns.push((row, -power * Ext::from_i64(scale)));
            }
        }
        known_q = known_q + eq * denominator;
    }
    let claim = |rows, value: Claim| RowClaim {
        oracle: Oracle::Witness,
        rows: Rows::Listed(rows),
        cells: Cells::Slot {
            slot: 0,
            missing: 0,
            point: cell_point.to_vec(),
        },
        value,
    };
    vec![
        claim(multiplicities, p.plus_public(-known_p)),
        claim(columns, q.plus_public(-known_q - missing)),
    ]
}

/// The extension of beta x + beta^2 f(x) in a table's leaf row, on real entries: x = lo + the row's index.
fn table_values(tables: &[Table], leaf: &LeafRow, beta: Ext, cell_point: &[Ext]) -> Ext {
    let (mut arguments, mut images) = (Ext::ZERO, Ext::ZERO);
    let eq = EqTable::new(cell_point);
    for (part, table, first) in &leaf.slots {
        let table = &tables[*table];
        let start = part.slot << (cell_point.len() as u32 - part.missing);
        for j in 0..part.real() {
            let argument = table.lo.saturating_add_unsigned(first + j);
            arguments = arguments + Ext::from_i64(argument) * eq.at(start + j);
        }
        let mut begin = 0;
        for run in &table.image {
            // A run in other rows of cells is passed over whole: its table may have millions of rows.
            let end = begin + run.count;
            for row in begin.max(*first)..end.min(first + part.real()) {
                let value = run.first.wrapping_add(run.step.wrapping_mul((row - begin) as i64));
                images = images + Ext::from_i64(value) * eq.at(start + (row - first));
            }
            begin = end;
        }
    }
    beta * (arguments + beta * images)
}
