//! One round of a sumcheck over a sum of products of two tables.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, Stored, Value};

use crate::error::{Result, require, require_half};
use crate::parallel::{GRAIN, items, reduce_over};

/// Returns s(0) and s(2) of s(x) = sum_c sum_i A_c(i, x) B_c(i, x), A(i, x) = (1 - x) a[i] + x a[half + i].
///
/// `a` and `b` hold the same number of tables of `rows` stored rows each; missing rows are zero.
pub fn product_round<A: Stored, B: Stored>(a: &[A], b: &[B], rows: usize, half: usize) -> Result<[Pair; 2]> {
    require_half(rows, half)?;
    require(a.len() == b.len(), || {
        format!("b: expected as many entries as a, {}, got {}", a.len(), b.len())
    })?;
    if rows == 0 {
        return Ok([[0, 0]; 2]);
    }
    let sums = a
        .par_chunks_exact(rows)
        .zip(b.par_chunks_exact(rows))
        .with_min_len(items(rows))
        .map(|(a, b)| {
            reduce_over(
                rows.min(half),
                GRAIN,
                |range| part(&a[range.start..], &b[range.start..], range.len(), half),
                add,
            )
        })
        .reduce(|| [Ext::ZERO; 2], add);
    Ok(sums.map(Ext::pair))
}

/// The share of the first `count` rows of tables cut at their front: a row's partner lies `half` further on, if stored.
fn part<A: Stored, B: Stored>(a: &[A], b: &[B], count: usize, half: usize) -> [Ext; 2] {
    let paired = a.len().saturating_sub(half).min(count);
    let sums = lanes::run(Paired {
        zero: (&a[..paired], &b[..paired]),
        one: (&a[half.min(a.len())..], &b[half.min(a.len())..]),
    });
    // Without a partner A(2) = -a[i], and the signs cancel.
    let alone = lanes::run(Alone(&a[paired..count], &b[paired..count]));
    add(sums, [alone; 2])
}

/// Sums of the products at 0 and at 2, of rows with partners.
struct Paired<'a, A, B> {
    zero: (&'a [A], &'a [B]),
    one: (&'a [A], &'a [B]),
}

impl<A: Stored, B: Stored> Kernel for Paired<'_, A, B> {
    type Output = [Ext; 2];
    #[inline(always)]
    fn run<L: Lanes>(self) -> [Ext; 2] {
        let count = self.zero.0.len();
        let whole = count - count % L::WIDTH;
        add(self.range::<L>(0, whole), self.range::<Fp>(whole, count))
    }
}

impl<A: Stored, B: Stored> Paired<'_, A, B> {
    #[inline(always)]
    fn range<L: Lanes>(&self, start: usize, end: usize) -> [Ext; 2] {
        let (mut at_zero, mut at_two) = (ExtLanes::<L>::splat(Ext::ZERO), ExtLanes::<L>::splat(Ext::ZERO));
        for i in (start..end).step_by(L::WIDTH) {
            let (a0, b0) = (A::load::<L>(&self.zero.0[i..]), B::load::<L>(&self.zero.1[i..]));
            let (a1, b1) = (A::load::<L>(&self.one.0[i..]), B::load::<L>(&self.one.1[i..]));
            at_zero = at_zero + b0.scale(a0.lift());
            let (a2, b2) = (a1 + (a1 - a0), b1 + (b1 - b0));
            at_two = at_two + b2.scale(a2.lift());
        }
        [at_zero.total(), at_two.total()]
    }
}

/// The sum of the products of rows.
struct Alone<'a, A, B>(&'a [A], &'a [B]);

impl<A: Stored, B: Stored> Kernel for Alone<'_, A, B> {
    type Output = Ext;
    #[inline(always)]
    fn run<L: Lanes>(self) -> Ext {
        let whole = self.0.len() - self.0.len() % L::WIDTH;
        self.range::<L>(0, whole) + self.range::<Fp>(whole, self.0.len())
    }
}

impl<A: Stored, B: Stored> Alone<'_, A, B> {
    #[inline(always)]
    fn range<L: Lanes>(&self, start: usize, end: usize) -> Ext {
        let mut sum = ExtLanes::<L>::splat(Ext::ZERO);
        for i in (start..end).step_by(L::WIDTH) {
            sum = sum + B::load::<L>(&self.1[i..]).scale(A::load::<L>(&self.0[i..]).lift());
        }
        sum.total()
    }
}

#[inline(always)]
fn add(a: [Ext; 2], b: [Ext; 2]) -> [Ext; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_pair_of_rows() {
        // A = 2 + x, B = 5 + 2x: A(0) B(0) = 10, A(2) B(2) = 36.
        assert_eq!(product_round(&[2u64, 3], &[5u64, 7], 2, 1), Ok([[10, 0], [36, 0]]));
    }

    #[test]
    fn tables_of_different_sizes_are_refused() {
        assert!(product_round(&[2u64, 3], &[5u64], 2, 1).is_err());
    }
}
