//! Accesses that separate (7.4), and what to do with each axis of an operand.

use crate::error::{Result, refuse};
use crate::limits::MAX_GRID_CELLS;
use crate::statement::{Access, Contraction, Coordinate, Form};

/// How an operand's axis is dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum AxisPlan {
    /// Opened at the point of this output axis.
    Output(usize),
    /// Opened at the point of this shared iteration axis.
    Shared(usize),
    /// Summed: the iteration axes that it reads, and the output axes whose weights are homed on it.
    Slides { reads: Vec<usize>, homed: Vec<usize> },
}

/// How a contraction is proved.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The iteration axes that both operands read, ascending.
    pub shared: Vec<usize>,
    /// Each axis of the left operand, if there is one.
    pub left: Vec<AxisPlan>,
    /// Each axis of the right operand.
    pub right: Vec<AxisPlan>,
}

/// Plan a contraction whose forms are well-formed.
///
/// # Errors
///
/// An access does not fit or does not separate.
pub fn plan(contraction: &Contraction) -> Result<Plan> {
    let extents = &contraction.extents;
    let mut sides = vec![&contraction.out];
    sides.extend(&contraction.left);
    sides.push(&contraction.right);
    for side in &sides {
        check_access(&side.access, &side.form, extents)?;
    }
    let reads = |access: &Access| access.iter().map(|axis| axes_of(axis)).collect::<Vec<_>>();
    let out = reads(&contraction.out.access);
    let left = contraction
        .left
        .as_ref()
        .map(|side| reads(&side.access))
        .unwrap_or_default();
    let right = reads(&contraction.right.access);
    let read_by = |operand: &[Vec<usize>], k: usize| operand.iter().any(|axes| axes.contains(&k));
    if (0..extents.len()).any(|k| !read_by(&left, k) && !read_by(&right, k)) {
        return refuse("an iteration axis is read by no operand");
    }
    let shared: Vec<usize> = (0..extents.len())
        .filter(|&k| read_by(&left, k) && read_by(&right, k))
        .collect();

    let mut homed = vec![Vec::new(); left.len() + right.len()];
    for (o, axes) in out.iter().enumerate() {
        let coordinates = &contraction.out.access[o];
        if coordinates.iter().any(|c| !is_injective(c, extents)) {
            return refuse("an output coordinate adds several entries");
        }
        let home = left
            .iter()
            .chain(&right)
            .position(|operand| axes.iter().all(|k| operand.contains(k)));
        let Some(home) = home else {
            return refuse("an output axis has no home");
        };
        homed[home].push(o);
    }
    let is_merged = |o: &&usize| contraction.out.access[**o].len() > 1;
    if homed.iter().any(|axes| axes.iter().filter(is_merged).count() > 1) {
        return refuse("two merged output axes have one home");
    }

    let mut homed = homed.into_iter();
    let mut plan_side = |side: Option<&Access>| -> Result<Vec<AxisPlan>> {
        side.into_iter()
            .flatten()
            .map(|axis| plan_axis(contraction, axis, homed.next().unwrap_or_default(), &shared))
            .collect()
    };
    let left = plan_side(contraction.left.as_ref().map(|side| &side.access))?;
    let right = plan_side(Some(&contraction.right.access))?;
    Ok(Plan { shared, left, right })
}

fn plan_axis(contraction: &Contraction, axis: &[Coordinate], homed: Vec<usize>, shared: &[usize]) -> Result<AxisPlan> {
    let extents = &contraction.extents;
    if let Some(k) = whole_axis(axis, extents) {
        let is_shared = shared.contains(&k);
        match homed[..] {
            [] if is_shared => return Ok(AxisPlan::Shared(k)),
            [o] if !is_shared && whole_axis(&contraction.out.access[o], extents) == Some(k) => {
                return Ok(AxisPlan::Output(o));
            }
            _ => {}
        }
    }
    let reads = axes_of(axis);
    let grid = reads.iter().try_fold(1_u64, |size, &k| size.checked_mul(extents[k]));
    if grid.is_none_or(|size| size > MAX_GRID_CELLS) {
        return refuse("an operand's axis has too many iteration values");
    }
    Ok(AxisPlan::Slides { reads, homed })
}

/// The iteration axes that an axis reads, in order.
fn axes_of(axis: &[Coordinate]) -> Vec<usize> {
    axis.iter().flat_map(|c| c.terms.iter().map(|&(k, _)| k)).collect()
}

/// The iteration axis that an axis is, if it is one and the whole of it.
fn whole_axis(axis: &[Coordinate], extents: &[u64]) -> Option<usize> {
    match axis {
        [
            Coordinate {
                extent,
                terms,
                offset: 0,
            },
        ] => match terms[..] {
            [(k, 1)] if extents[k] == *extent => Some(k),
            _ => None,
        },
        _ => None,
    }
}

fn check_access(access: &Access, form: &Form, extents: &[u64]) -> Result<()> {
    if access.len() != form.dims.len() {
        return refuse("an access does not fit its tensor");
    }
    for (axis, &dim) in access.iter().zip(&form.dims) {
        if !(1..=2).contains(&axis.len()) {
            return refuse("an axis has more than two coordinates, or none");
        }
        if axis.iter().try_fold(1_u64, |size, c| size.checked_mul(c.extent)) != Some(dim) {
            return refuse("an access does not cover its axis");
        }
        let mut reach = 1_u64;
        for coordinate in axis {
            reach = reach.saturating_mul(check_coordinate(coordinate, extents)?);
        }
        if reach > MAX_GRID_CELLS {
            return refuse("the coordinates of an axis reach too far");
        }
    }
    let mut reads: Vec<usize> = access.iter().flat_map(|axis| axes_of(axis)).collect();
    reads.sort_unstable();
    if reads.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse("an iteration axis is read twice by one tensor");
    }
    Ok(())
}

/// Check a coordinate; return how many places its terms reach.
fn check_coordinate(coordinate: &Coordinate, extents: &[u64]) -> Result<u64> {
    if coordinate.offset.unsigned_abs() > MAX_GRID_CELLS {
        return refuse("a coordinate's offset is too large");
    }
    if coordinate.terms.is_empty() {
        return refuse("a coordinate reads no iteration axis");
    }
    let mut reach = 1_u64;
    for &(k, step) in &coordinate.terms {
        let Some(&extent) = extents.get(k) else {
            return refuse("an access names an axis that does not exist");
        };
        if !(1..=MAX_GRID_CELLS as i64).contains(&step) {
            return refuse("a coordinate's step is not positive");
        }
        reach = reach.saturating_add(step.unsigned_abs().saturating_mul(extent - 1));
    }
    Ok(reach)
}

/// Whether different iteration values give different coordinates: each step is beyond all that smaller steps reach.
fn is_injective(coordinate: &Coordinate, extents: &[u64]) -> bool {
    let mut terms: Vec<(u64, u64)> = coordinate
        .terms
        .iter()
        .map(|&(k, step)| (step.unsigned_abs(), extents[k]))
        .filter(|&(_, n)| n > 1)
        .collect();
    terms.sort_unstable();
    let mut reach = 0;
    terms.iter().all(|&(step, extent)| {
        let beyond = step > reach;
        reach += step * (extent - 1);
        beyond
    })
}
