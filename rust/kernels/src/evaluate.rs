//! Values of a polynomial at many points.
//!
//! f = low + X^h high has the values of low + c high wherever x^h = c. The points of a code are roots of unity times one
//! shift and share few powers: f is halved once for each of them, until a point is alone.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, ScaledSum};

use crate::error::{Result, require_len};
use crate::parallel::GRAIN;

/// Coefficients summed between two reductions.
const BLOCK: usize = 128;

/// Writes the values of a polynomial over E at points of F.
pub fn evaluate_many(coefficients: &[Pair], points: &[u64], out: &mut [Pair]) -> Result<()> {
    require_len("out", out.len(), points.len())?;
    let halvings = coefficients.len().next_power_of_two().ilog2() as usize;
    let mut powers = vec![Fp::ONE; halvings.max(1) * points.len()];
    for (powers, x) in powers.chunks_exact_mut(halvings.max(1)).zip(points) {
        let mut power = Fp::new(*x);
        for slot in powers {
            *slot = power;
            power *= power;
        }
    }
    let mut sorted: Vec<(usize, Powers)> = powers.chunks_exact(halvings.max(1)).enumerate().collect();
    // Points that share a power are neighbours: those that share a larger one too, within them.
    sorted.sort_unstable_by(|(_, a), (_, b)| words(a).cmp(words(b)));
    let mut values = vec![[0; 2]; points.len()];
    descend(coefficients, &sorted, &mut values);
    for ((index, _), value) in sorted.iter().zip(values) {
        out[*index] = value;
    }
    Ok(())
}

/// A point x as x^(2^k) for k = 0, 1, ..
type Powers<'a> = &'a [Fp];

/// The highest power first.
fn words(powers: Powers) -> impl Iterator<Item = u64> {
    powers.iter().rev().map(|power| power.word())
}

/// Writes the values at sorted points, each with its index, halving the polynomial once for each power that they have.
fn descend(f: &[Pair], points: &[(usize, Powers)], out: &mut [Pair]) {
    if let ([(_, powers)], [out]) = (points, &mut *out) {
        *out = at(f, powers[0]).pair();
        return;
    }
    if f.len() <= 1 {
        out.fill(f.first().map_or(Ext::ZERO, |c| Ext::load(*c)).pair());
        return;
    }
    let level = (f.len() - 1).ilog2() as usize;
    let (low, high) = f.split_at(1 << level);
    let mut rest = out;
    let groups: Vec<_> = points
        .chunk_by(|a, b| a.1[level].word() == b.1[level].word())
        .map(|group| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(group.len());
            rest = others;
            (group, own)
        })
        .collect();
    let work = |(group, own): (&[(usize, Powers)], &mut [Pair])| {
        let mut folded = low.to_vec();
        lanes::run(AddScaled {
            out: folded[..high.len()].as_flattened_mut(),
            a: high.as_flattened(),
            c: group[0].1[level],
        });
        descend(&folded, group, own);
    };
    if f.len() < GRAIN {
        groups.into_iter().for_each(work);
    } else {
        groups.into_par_iter().for_each(work);
    }
}

/// Adds c * a to out.
struct AddScaled<'a> {
    out: &'a mut [u64],
    a: &'a [u64],
    c: Fp,
}

impl Kernel for AddScaled<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let ((out, out_rest), (a, a_rest)) = (self.out.split_at_mut(whole), self.a.split_at(whole));
        add_scaled::<L>(out, a, self.c);
        add_scaled::<Fp>(out_rest, a_rest, self.c);
    }
}

#[inline(always)]
fn add_scaled<L: Lanes>(out: &mut [u64], a: &[u64], c: Fp) {
    let c = L::splat(c.word());
    for (out, a) in out.chunks_exact_mut(L::WIDTH).zip(a.chunks_exact(L::WIDTH)) {
        L::load(out).add(L::load(a).mul(c)).store(out);
    }
}

/// The value at one point: Horner over blocks, in which powers are at hand and products are summed unreduced.
fn at(coefficients: &[Pair], point: Fp) -> Ext {
    let mut powers = [1u64; BLOCK];
    let (mut power, block) = (Fp::ONE, BLOCK.min(coefficients.len()));
    for slot in &mut powers[..block] {
        *slot = power.word();
        power *= point;
    }
    let mut value = Ext::ZERO;
    for block in coefficients.chunks(BLOCK).rev() {
        let mut sum = ScaledSum::default();
        block.iter().zip(&powers).for_each(|(c, power)| sum.add(*c, *power));
        value = value * power + sum.finish();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_alone_and_in_groups_have_the_values() {
        // 1 + x + .. + x^299 and twice that at points with and without common powers, one of them twice.
        let points = [2, 1, 0, P_LESS_ONE, 2, P_LESS_ONE - 1, 1 << 48];
        let mut out = [[0; 2]; 7];
        evaluate_many(&[[1, 2]; 300], &points, &mut out).unwrap();
        let expected = |x: u64| (0..300).fold(Fp::ZERO, |sum, _| sum * Fp::new(x) + Fp::ONE);
        assert_eq!(out, points.map(|x| [expected(x).word(), expected(x).double().word()]));
        assert_eq!(out[1..4], [[300, 600], [1, 2], [0, 0]]);
    }

    #[test]
    fn polynomials_of_one_coefficient_and_of_none() {
        let mut out = [[9; 2]; 2];
        evaluate_many(&[[u64::MAX, 1]], &[5, 6], &mut out).unwrap();
        assert_eq!(out, [[u64::MAX - zkinfer_field::P, 1]; 2]);
        evaluate_many(&[], &[5, 6], &mut out).unwrap();
        assert_eq!(out, [[0; 2]; 2]);
    }

    const P_LESS_ONE: u64 = zkinfer_field::P - 1;
}
