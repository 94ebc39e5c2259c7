//! The table of eq(point, .).

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair};

use crate::error::{Result, require, require_len};
use crate::parallel::GRAIN;

/// Writes eq[i] = prod_k (bit_k(i) ? r_k : 1 - r_k) for every i below 2^n.
///
/// The last variable is put in first; each earlier one doubles the table, its zero half in place.
pub fn eq_table(point: &[Pair], out: &mut [Pair]) -> Result<()> {
    require(point.len() < usize::BITS as usize, || {
        format!("point: {} variables are too many", point.len())
    })?;
    require_len("out", out.len(), 1 << point.len())?;
    out[0] = [1, 0];
    let mut filled = 1;
    for &r in point.iter().rev() {
        let r = Ext::load(r);
        let (zero, one) = out[..2 * filled].split_at_mut(filled);
        zero.par_chunks_mut(GRAIN)
            .zip(one.par_chunks_mut(GRAIN))
            .for_each(|(zero, one)| {
                lanes::run(Double { zero, one, r });
            });
        filled *= 2;
    }
    Ok(())
}

/// Puts in a variable: `zero` becomes (1 - r) * zero, `one` what `zero` loses.
struct Double<'a> {
    zero: &'a mut [Pair],
    one: &'a mut [Pair],
    r: Ext,
}

impl Kernel for Double<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.zero.len() - self.zero.len() % L::WIDTH;
        let ((zero, zero_rest), (one, one_rest)) = (self.zero.split_at_mut(whole), self.one.split_at_mut(whole));
        double::<L>(zero, one, self.r);
        double::<Fp>(zero_rest, one_rest, self.r);
    }
}

#[inline(always)]
fn double<L: Lanes>(zero: &mut [Pair], one: &mut [Pair], r: Ext) {
    let r = ExtLanes::<L>::splat(r);
    for (zero, one) in zero.chunks_exact_mut(L::WIDTH).zip(one.chunks_exact_mut(L::WIDTH)) {
        let both = ExtLanes::load(zero);
        let upper = both * r;
        upper.store(one);
        (both - upper).store(zero);
    }
}

/// Sums the first variable out: out[i] = eq[i] + eq[h + i].
pub fn halve_eq(eq: &[Pair], out: &mut [Pair]) -> Result<()> {
    require(eq.len().is_multiple_of(2), || {
        format!("eq: expected an even number of rows, got {}", eq.len())
    })?;
    require_len("out", out.len(), eq.len() / 2)?;
    let (zero, one) = eq.split_at(out.len());
    out.par_iter_mut()
        .zip(zero)
        .zip(one)
        .with_min_len(GRAIN)
        .for_each(|((out, zero), one)| *out = (Ext::load(*zero) + Ext::load(*one)).pair());
    Ok(())
}

/// Adds the half of an eq table whose first variable is one to the other.
pub(crate) fn halve_in_place(zero: &mut [Pair], one: &[Pair]) {
    lanes::run(Halve { zero, one });
}

struct Halve<'a> {
    zero: &'a mut [Pair],
    one: &'a [Pair],
}

impl Kernel for Halve<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.zero.len() - self.zero.len() % L::WIDTH;
        let ((zero, zero_rest), (one, one_rest)) = (self.zero.split_at_mut(whole), self.one.split_at(whole));
        add_to::<L>(zero, one);
        add_to::<Fp>(zero_rest, one_rest);
    }
}

#[inline(always)]
fn add_to<L: Lanes>(zero: &mut [Pair], one: &[Pair]) {
    for (zero, one) in zero.chunks_exact_mut(L::WIDTH).zip(one.chunks_exact(L::WIDTH)) {
        (ExtLanes::<L>::load(zero) + ExtLanes::load(one)).store(zero);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_is_the_top_bit() {
        let mut out = [[0, 0]; 4];
        eq_table(&[[1, 0], [0, 0]], &mut out).unwrap();
        assert_eq!(out, [[0, 0], [0, 0], [1, 0], [0, 0]]);
    }

    #[test]
    fn halving_is_the_table_of_the_other_variables() {
        let point: Vec<Pair> = (1..12).map(|k| [k * 77, k << 60]).collect();
        let (mut whole, mut rest, mut halved) = (vec![[0; 2]; 2048], vec![[0; 2]; 1024], vec![[0; 2]; 1024]);
        eq_table(&point, &mut whole).unwrap();
        eq_table(&point[1..], &mut rest).unwrap();
        halve_eq(&whole, &mut halved).unwrap();
        assert_eq!(halved, rest);
    }
}
