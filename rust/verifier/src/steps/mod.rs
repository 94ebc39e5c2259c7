//! The steps of section 7, in their order: from the relations to one vector and one set of constraints on pads.

pub mod contraction;
pub mod folding;
pub mod form;
pub mod lookup;
pub mod opening;
pub mod padding;
pub mod row_claim;
pub mod sumcheck;
pub mod vanish;

use crate::channel::Channel;
use crate::error::Result;
use crate::prepared::Prepared;
use folding::Folded;
use form::Forms;

/// Steps 7.2 to 7.7, and sigma.
///
/// # Errors
///
/// A scalar is missing.
pub fn reduce(prepared: &Prepared, outputs: &[Vec<i64>], channel: &mut Channel<'_>) -> Result<Folded> {
    let statement = &prepared.statement;
    let mut claims = lookup::run(prepared, channel)?;
    let mut forms = Forms {
        statement,
        outputs,
        channel,
        claims: &mut claims,
    };
    for (index, factors) in statement.vanishes.iter().enumerate() {
        vanish::run(index, factors, &mut forms)?;
    }
    for (index, contraction) in statement.contractions.iter().enumerate() {
        contraction::run(index, contraction, &prepared.plans[index], &mut forms)?;
    }
    for (index, form) in statement.affines.iter().enumerate() {
        let point = forms.fresh_point(&format!("affine {index} point"), &form.dims);
        let value = forms.open(form, &point, &format!("affine {index} form"))?;
        forms.channel.constrain(value);
    }
    padding::run(prepared, channel, &mut claims);
    folding::run(prepared, &claims, channel)
}
