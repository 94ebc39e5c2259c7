//! Padding (7.6): cells of A that no tensor's entry occupies are zero.

use crate::channel::Channel;
use crate::claim::Claim;
use crate::multilinear::{EqTable, vars};
use crate::prepared::Prepared;
use crate::statement::Oracle;
use crate::steps::row_claim::{Cells, RowClaim, Rows};

/// Add one row claim for each padding group.
pub fn run(prepared: &Prepared, channel: &mut Channel<'_>, claims: &mut Vec<RowClaim>) {
    for group in &prepared.padding {
        let eta = channel.challenges("padding eta", vars(group.rows.len() as u64) as usize);
        let zeta = channel.challenges("padding zeta", prepared.statement.row_vars as usize);
        let eq = EqTable::new(&eta);
        let rows = group
            .rows
            .iter()
            .enumerate()
            .map(|(i, &row)| (row, eq.at(i as u64)))
            .collect();
        claims.push(RowClaim {
            oracle: Oracle::Witness,
            rows: Rows::Listed(rows),
            cells: Cells::Padded {
                pattern: group.pattern.clone(),
                point: zeta,
            },
            value: Claim::default(),
        });
    }
}
