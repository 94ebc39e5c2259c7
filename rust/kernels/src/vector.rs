//! Vectors of field elements and of machine integers, entry by entry.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, ExtSum, Fp, Instructions, Pair, ScaledSum};

use crate::error::{Result, ShapeError, require, require_len};
use crate::parallel::{GRAIN, reduce_over};

/// Writes a + b in F.
pub fn add(a: &[u64], b: &[u64], out: &mut [u64]) -> Result<()> {
    require_len("b", b.len(), a.len())?;
    require_len("out", out.len(), a.len())?;
    out.par_iter_mut()
        .zip(a)
        .zip(b)
        .with_min_len(GRAIN * 4)
        .for_each(|((out, a), b)| *out = (Fp::new(*a) + Fp::new(*b)).word());
    Ok(())
}

/// Writes a * b in E.
pub fn ext_mul(a: &[Pair], b: &[Pair], out: &mut [Pair]) -> Result<()> {
    require_len("b", b.len(), a.len())?;
    require_len("out", out.len(), a.len())?;
    out.par_chunks_mut(GRAIN)
        .zip(a.par_chunks(GRAIN))
        .zip(b.par_chunks(GRAIN))
        .for_each(|((out, a), b)| lanes::run(Multiply { a, b, out }));
    Ok(())
}

/// Writes a * b.
struct Multiply<'a> {
    a: &'a [Pair],
    b: &'a [Pair],
    out: &'a mut [Pair],
}

impl Kernel for Multiply<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let (a, a_rest) = self.a.split_at(whole);
        let (b, b_rest) = self.b.split_at(whole);
        let (out, out_rest) = self.out.split_at_mut(whole);
        multiply::<L>(a, b, out);
        multiply::<Fp>(a_rest, b_rest, out_rest);
    }
}

#[inline(always)]
fn multiply<L: Lanes>(a: &[Pair], b: &[Pair], out: &mut [Pair]) {
    let operands = a.chunks_exact(L::WIDTH).zip(b.chunks_exact(L::WIDTH));
    for (out, (a, b)) in out.chunks_exact_mut(L::WIDTH).zip(operands) {
        (ExtLanes::<L>::load(a) * ExtLanes::load(b)).store(out);
    }
}

/// Writes s * a in E.
pub fn ext_scale(a: &[Pair], s: Pair, out: &mut [Pair]) -> Result<()> {
    require_len("out", out.len(), a.len())?;
    let s = Ext::load(s);
    out.par_chunks_mut(GRAIN)
        .zip(a.par_chunks(GRAIN))
        .for_each(|(out, a)| lanes::run(Scale { a, s, out }));
    Ok(())
}

/// Writes s * a.
struct Scale<'a> {
    a: &'a [Pair],
    s: Ext,
    out: &'a mut [Pair],
}

impl Kernel for Scale<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let whole = self.out.len() - self.out.len() % L::WIDTH;
        let ((a, a_rest), (out, out_rest)) = (self.a.split_at(whole), self.out.split_at_mut(whole));
        scale::<L>(a, self.s, out);
        scale::<Fp>(a_rest, self.s, out_rest);
    }
}

#[inline(always)]
fn scale<L: Lanes>(a: &[Pair], s: Ext, out: &mut [Pair]) {
    let s = ExtLanes::<L>::splat(s);
    for (out, a) in out.chunks_exact_mut(L::WIDTH).zip(a.chunks_exact(L::WIDTH)) {
        (ExtLanes::load(a) * s).store(out);
    }
}

/// Writes signed integers as canonical words, modulo p.
pub fn to_field(integers: &[i64], out: &mut [u64]) -> Result<()> {
    require_len("out", out.len(), integers.len())?;
    out.par_iter_mut()
        .zip(integers)
        .with_min_len(GRAIN * 8)
        .for_each(|(out, value)| *out = Fp::from_signed(*value).word());
    Ok(())
}

/// Returns sum_i a[i] * b[i] in E.
pub fn dot(a: &[Pair], b: &[Pair]) -> Result<Pair> {
    require_len("b", b.len(), a.len())?;
    let part = |range: std::ops::Range<usize>| {
        let mut sum = ExtSum::default();
        a[range.clone()]
            .iter()
            .zip(&b[range])
            .for_each(|(a, b)| sum.add(Ext::load(*a), Ext::load(*b)));
        sum.finish()
    };
    Ok(reduce_over(a.len(), GRAIN, part, |a: Ext, b| a + b).pair())
}

/// Returns sum_i a[i] * b[i] for a in F and b in E.
pub fn dot_base(a: &[u64], b: &[Pair]) -> Result<Pair> {
    require_len("b", b.len(), a.len())?;
    let part = |range: std::ops::Range<usize>| {
        let mut sum = ScaledSum::default();
        a[range.clone()]
            .iter()
            .zip(&b[range])
            .for_each(|(a, b)| sum.add(*b, *a));
        sum.finish()
    };
    Ok(reduce_over(a.len(), GRAIN, part, |a: Ext, b| a + b).pair())
}

/// Writes the products of a matrix of integers (rows of x's length) with x.
///
/// Wraps modulo 2^64: the caller knows that no sum leaves the range of i64.
pub fn matvec<T: Copy + Into<i64> + Sync>(weights: &[T], x: &[i64], out: &mut [i64]) -> Result<()> {
    require_len("weights", weights.len(), out.len() * x.len())?;
    require(!x.is_empty() || out.iter().all(|v| *v == 0), || {
        "x: expected at least one entry, got none".to_owned()
    })?;
    if x.is_empty() {
        return Ok(());
    }
    // A byte's product with a quarter word is a quarter of the work again.
    let quarters: Option<Vec<i16>> = x.iter().map(|x| i16::try_from(*x).ok()).collect();
    let quarters = quarters.filter(|_| size_of::<T>() == 1);
    // Half words multiply in one instruction, and most vectors fit them.
    let halves: Option<Vec<i32>> = x.iter().map(|x| i32::try_from(*x).ok()).collect();
    out.par_iter_mut()
        .zip(weights.par_chunks_exact(x.len()))
        .with_min_len(1 + GRAIN * 4 / x.len())
        .for_each(|(out, row)| {
            *out = match (&quarters, &halves) {
                (Some(x), _) => lanes::run(DotBytes { row, x }),
                (None, Some(x)) => dot_halves(row, x),
                (None, None) => dot_integers(row, x),
            }
        });
    Ok(())
}

/// The sum of products of signed bytes and quarter words.
struct DotBytes<'a, T> {
    row: &'a [T],
    x: &'a [i16],
}

/// Products, each at most 2^22, whose sum fits 32 bits.
const SHORT: usize = 1 << 8;

impl<T: Copy + Into<i64>> Kernel for DotBytes<'_, T> {
    type Output = i64;
    #[inline(always)]
    fn run<L: Lanes>(self) -> i64 {
        let mut total = 0;
        for (row, x) in self.row.chunks(SHORT).zip(self.x.chunks(SHORT)) {
            let mut sum = 0i32;
            for (weight, x) in row.iter().zip(x) {
                let weight: i64 = (*weight).into();
                sum = sum.wrapping_add(i32::from(weight as i16).wrapping_mul(i32::from(*x)));
            }
            total += i64::from(sum);
        }
        total
    }
}

#[inline(always)]
fn dot_integers<T: Copy + Into<i64>, X: Copy + Into<i64>>(row: &[T], x: &[X]) -> i64 {
    row.iter().zip(x).fold(0, |sum: i64, (w, x)| {
        sum.wrapping_add((*w).into().wrapping_mul((*x).into()))
    })
}

/// The same sum with the widest instructions that the machine has.
fn dot_halves<T: Copy + Into<i64>>(row: &[T], x: &[i32]) -> i64 {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2<T: Copy + Into<i64>>(row: &[T], x: &[i32]) -> i64 {
            dot_integers(row, x)
        }
        if Instructions::chosen() >= Instructions::Avx2 {
            // SAFETY: what is chosen was detected.
            return unsafe { avx2(row, x) };
        }
    }
    dot_integers(row, x)
}

/// Counts values: adds one to counts[scale * value - first] for each.
pub fn count(values: &[i64], scale: i64, first: i64, counts: &mut [i64]) -> Result<()> {
    for value in values {
        let place = value.wrapping_mul(scale).wrapping_sub(first);
        let slot = usize::try_from(place).ok().and_then(|place| counts.get_mut(place));
        // The value itself may be secret.
        let count = slot.ok_or_else(|| ShapeError::new("values: one has no place among the counts".to_owned()))?;
        *count += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkinfer_field::P;

    #[test]
    fn words_add_and_multiply_modulo_p() {
        let mut out = [0; 2];
        add(&[P - 1, u64::MAX], &[2, 0], &mut out).unwrap();
        assert_eq!(out, [1, u64::MAX - P]);
        let (a, mut products) = ([P - 1, 1 << 32], [[0; 2]; 9]);
        ext_mul(&[a; 9], &[a; 9], &mut products).unwrap();
        // (-1 + 2^32 X)^2, where X^2 = 7 and 2^64 = 2^32 - 1.
        assert_eq!(products, [[1 + 7 * ((1 << 32) - 1), P - (1 << 33)]; 9]);
    }

    #[test]
    fn both_dots_agree_on_base_entries() {
        let a: Vec<u64> = (0..3000).map(|i| u64::MAX - i).collect();
        let b: Vec<Pair> = (0..3000).map(|i| [i << 50, u64::MAX - i]).collect();
        let lifted: Vec<Pair> = a.iter().map(|a| [*a, 0]).collect();
        assert_eq!(dot_base(&a, &b), dot(&lifted, &b));
    }

    #[test]
    fn bytes_times_the_largest_quarter_words() {
        for (byte, quarter) in [(-128i8, i16::MIN), (-128, i16::MAX), (127, i16::MIN)] {
            let mut out = [0; 1];
            matvec(&[byte; 1001], &[i64::from(quarter); 1001], &mut out).unwrap();
            assert_eq!(out, [1001 * i64::from(byte) * i64::from(quarter)]);
        }
    }

    #[test]
    fn matrix_times_vector() {
        let mut out = [0; 2];
        matvec(&[1i8, -2, 3, -128, 5, 6], &[10, 20, 30], &mut out).unwrap();
        assert_eq!(out, [60, -1000]);
        matvec(&[1i8, -2, 3, -128, 5, 6], &[1 << 40, 20, 30], &mut out).unwrap();
        assert_eq!(out, [(1 << 40) + 50, -(1 << 47) + 280]);
    }
}
