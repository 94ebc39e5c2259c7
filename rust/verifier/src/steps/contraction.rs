//! Contractions (7.4): a sumcheck over the shared axes, then one over the axes that slide.

use crate::access::{AxisPlan, Plan};
use crate::claim::Claim;
use crate::error::Result;
use crate::extension::Ext;
use crate::multilinear::{EqTable, vars};
use crate::statement::{Contraction, Coordinate, Operand};
use crate::steps::form::{Forms, split};
use crate::steps::sumcheck;
use std::collections::HashMap;

/// The random points that the axes of a contraction have so far.
struct Points<'x> {
    /// Of each output axis.
    out: Vec<&'x [Ext]>,
    /// Of each shared iteration axis.
    shared: HashMap<usize, &'x [Ext]>,
}

/// Run relation `index`.
///
/// # Errors
///
/// A scalar is missing.
pub fn run(index: usize, contraction: &Contraction, plan: &Plan, forms: &mut Forms<'_, '_>) -> Result<()> {
    let name = format!("contraction {index}");
    let out = &contraction.out.form;
    let r = forms.fresh_point(&format!("{name} point"), &out.dims);
    let claim = forms.open(out, &r, &format!("{name} out"))?;
    let mut points = Points {
        out: split(&r, &out.dims),
        shared: HashMap::new(),
    };
    let (left_name, right_name) = (format!("{name} left"), format!("{name} right"));
    let Some(left) = &contraction.left else {
        return slide(
            contraction,
            &contraction.right,
            &plan.right,
            &points,
            claim,
            &right_name,
            forms,
        );
    };
    let shared: Vec<u64> = plan.shared.iter().map(|&k| contraction.extents[k]).collect();
    let num_vars = shared.iter().map(|&extent| vars(extent) as usize).sum();
    let (s, last) = sumcheck::plain(forms.channel, &format!("{name} round"), 2, num_vars, claim)?;
    points.shared = plan.shared.iter().copied().zip(split(&s, &shared)).collect();
    let left = operand(contraction, left, &plan.left, &points, &left_name, forms)?;
    let right = operand(
        contraction,
        &contraction.right,
        &plan.right,
        &points,
        &right_name,
        forms,
    )?;
    let product = forms.channel.product(&left, &right)?;
    forms.channel.constrain(product.minus(&last));
    Ok(())
}

/// The value of an operand at the shared point, as a claim with one pad.
fn operand(
    contraction: &Contraction,
    side: &Operand,
    axes: &[AxisPlan],
    points: &Points<'_>,
    name: &str,
    forms: &mut Forms<'_, '_>,
) -> Result<Claim> {
    if axes.iter().any(|axis| matches!(axis, AxisPlan::Slides { .. })) {
        let value = forms.channel.scalar(name)?;
        slide(contraction, side, axes, points, value.clone(), name, forms)?;
        return Ok(value);
    }
    let at: Vec<Ext> = axes.iter().flat_map(|axis| points.plain(axis)).copied().collect();
    forms.open_factor(&side.form, &at, name)
}

/// claim = sum_u T[u] prod_a M_a(u_a), over the sliding axes.
fn slide(
    contraction: &Contraction,
    side: &Operand,
    axes: &[AxisPlan],
    points: &Points<'_>,
    claim: Claim,
    name: &str,
    forms: &mut Forms<'_, '_>,
) -> Result<()> {
    let sliding = axes
        .iter()
        .zip(&side.form.dims)
        .filter(|(axis, _)| matches!(axis, AxisPlan::Slides { .. }));
    let num_vars = sliding.map(|(_, &dim)| vars(dim) as usize).sum();
    let (s, last) = sumcheck::plain(forms.channel, &format!("{name} slide"), 2, num_vars, claim)?;
    let (mut at, mut weight, mut rest) = (Vec::new(), Ext::ONE, &s[..]);
    let counting = forms.channel.transcript().is_none();
    for (axis, (plan, &dim)) in axes.iter().zip(&side.form.dims).enumerate() {
        let AxisPlan::Slides { reads, homed } = plan else {
            at.extend_from_slice(points.plain(plan));
            continue;
        };
        let (here, after) = rest.split_at(vars(dim) as usize);
        rest = after;
        at.extend_from_slice(here);
        if !counting {
            weight = weight * slide_weight(contraction, &side.access[axis], reads, homed, points, here);
        }
    }
    let value = forms.open(&side.form, &at, &format!("{name} form"))?;
    let weighted = Claim::combine(&[(weight, &value)]);
    forms.channel.constrain(weighted.minus(&last));
    Ok(())
}

/// The extension of M_a at a point: over all iteration values that axis a reads, eq(point, the index read) times the
/// homed outputs' eq(r_o, the index written) times eq of the shared axes.
fn slide_weight(
    contraction: &Contraction,
    axis: &[Coordinate],
    reads: &[usize],
    homed: &[usize],
    points: &Points<'_>,
    here: &[Ext],
) -> Ext {
    let read = EqTable::new(here);
    let written: Vec<(&[Coordinate], EqTable)> = homed
        .iter()
        .map(|&o| (&contraction.out.access[o][..], EqTable::new(points.out[o])))
        .collect();
    let shared: Vec<(usize, EqTable)> = reads
        .iter()
        .filter_map(|k| points.shared.get(k).map(|point| (*k, EqTable::new(point))))
        .collect();
    let mut k = vec![0_u64; contraction.extents.len()];
    let mut sum = Ext::ZERO;
    loop {
        if let Some(index) = merged(axis, &k) {
            let outputs = written
                .iter()
                .map(|(axis, eq)| merged(axis, &k).map_or(Ext::ZERO, |index| eq.at(index)));
            let weight = outputs.fold(read.at(index), |out, eq| out * eq);
            sum = sum + shared.iter().fold(weight, |out, (axis, eq)| out * eq.at(k[*axis]));
        }
        // The next tuple, or the end.
        let Some(&next) = reads
            .iter()
            .rev()
            .find(|&&axis| k[axis] + 1 < contraction.extents[axis])
        else {
            return sum;
        };
        k[next] += 1;
        for &later in reads.iter().rev().take_while(|&&axis| axis != next) {
            k[later] = 0;
        }
    }
}

/// The index that an axis' coordinates merge into, or nothing if one is out of range (3.8).
fn merged(axis: &[Coordinate], k: &[u64]) -> Option<u64> {
    axis.iter().try_fold(0, |index, coordinate| {
        let sum = coordinate
            .terms
            .iter()
            .fold(0, |sum, &(axis, step)| sum + step * k[axis] as i64);
        let here = u64::try_from(sum - coordinate.offset)
            .ok()
            .filter(|&here| here < coordinate.extent)?;
        Some(index * coordinate.extent + here)
    })
}

impl<'x> Points<'x> {
    /// The point of a plain axis.
    fn plain(&self, axis: &AxisPlan) -> &'x [Ext] {
        match axis {
            AxisPlan::Output(o) => self.out[*o],
            AxisPlan::Shared(k) => self.shared.get(k).copied().unwrap_or_default(),
            AxisPlan::Slides { .. } => &[],
        }
    }
}
