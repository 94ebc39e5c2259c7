//! Folding (7.7): all row claims become one claim on one combination of rows at one point.

use crate::channel::Channel;
use crate::claim::Claim;
use crate::error::Result;
use crate::extension::Ext;
use crate::prepared::Prepared;
use crate::steps::row_claim::RowClaim;
use crate::steps::sumcheck;

/// <sum_i a_i row_i, eq(s)> = v, and sigma, which hides it.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Folded {
    /// The weights of all rows, those of W first.
    pub rows: Vec<Ext>,
    pub point: Vec<Ext>,
    pub value: Claim,
    pub sigma: Claim,
}

/// Fold the row claims, and read sigma.
///
/// # Errors
///
/// A scalar is missing.
pub fn run(prepared: &Prepared, claims: &[RowClaim], channel: &mut Channel<'_>) -> Result<Folded> {
    let statement = &prepared.statement;
    let gamma = channel.challenges("folding gamma", claims.len());
    let mut sum = Claim::default();
    for (claim, &gamma) in claims.iter().zip(&gamma) {
        sum.add(gamma, &claim.value);
    }
    let (s, last) = sumcheck::plain(channel, "folding round", 2, statement.row_vars as usize, sum)?;
    let values = claims
        .iter()
        .map(|_| channel.scalar("folding value"))
        .collect::<Result<Vec<_>>>()?;
    let mut whole = Claim::default();
    for ((claim, &gamma), value) in claims.iter().zip(&gamma).zip(&values) {
        whole.add(gamma * claim.kappa(&s), value);
    }
    channel.constrain(whole.minus(&last));
    let delta = channel.challenges("folding delta", claims.len());
    let weight_rows = statement.weight_rows as usize;
    let mut rows = Vec::new();
    let mut value = Claim::default();
    if channel.transcript().is_some() {
        rows.resize(weight_rows + statement.witness_rows as usize, Ext::ZERO);
        for ((claim, &delta), folded) in claims.iter().zip(&delta).zip(&values) {
            claim.add_rows(delta, weight_rows, &mut rows);
            value.add(delta, folded);
        }
    }
    let sigma = channel.scalar("opening sigma")?;
    Ok(Folded {
        rows,
        point: s,
        value,
        sigma,
    })
}
