//! Vanish relations (7.3): a zero-check of a product of forms.

use crate::claim::Claim;
use crate::error::Result;
use crate::statement::Form;
use crate::steps::form::Forms;
use crate::steps::sumcheck;

/// Run relation `index`.
///
/// # Errors
///
/// A scalar is missing.
pub fn run(index: usize, factors: &[Form], forms: &mut Forms<'_, '_>) -> Result<()> {
    let label = |what: &str| format!("vanish {index} {what}");
    let dims = factors.first().map_or(&[][..], |form| &form.dims);
    let z = forms.fresh_point(&label("point"), dims);
    let degree = factors.len() as u32;
    let (point, last) = sumcheck::with_eq(forms.channel, &label("round"), degree, &z, Claim::default())?;
    let opened = factors
        .iter()
        .map(|form| forms.open_factor(form, &point, &label("factor")))
        .collect::<Result<Vec<_>>>()?;
    let channel = &mut *forms.channel;
    let Some((mut whole, others)) = opened.split_first().map(|(first, others)| (first.clone(), others)) else {
        return Ok(());
    };
    for (k, factor) in others.iter().enumerate() {
        if k + 1 == others.len() {
            whole = channel.product(&whole, factor)?;
        } else {
            let partial = channel.scalar(&label("partial product"))?;
            let product = channel.product(&whole, factor)?;
            channel.constrain(product.minus(&partial));
            whole = partial;
        }
    }
    channel.constrain(whole.minus(&last));
    Ok(())
}
