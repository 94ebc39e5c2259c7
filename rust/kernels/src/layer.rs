//! The rounds of the sumcheck between two layers of a LogUp tree.

use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair};

use crate::eq::halve_in_place;
use crate::error::{Result, require, require_half};
use crate::fold::{MISSING, Node, fold_in_place};
use crate::parallel::{GRAIN, reduce_over};

/// Returns t(0) and t(2) of t(x) = sum_{i < half} eq[i] g(row_i(x)), g(p0, q0, p1, q1) = p0 q1 + p1 q0 + lambda q0 q1.
///
/// row_i(x) = (1 - x) R(i) + x R(half + i); a missing row is (0, 1, 0, 1), so that one with both ends missing adds
/// eq[i] * lambda.
pub fn round(eq: &[Pair], rows: &[Node], half: usize, lambda: Pair) -> Result<[Pair; 2]> {
    require_half(rows.len(), half)?;
    require_eq(eq, half)?;
    let lambda = Ext::load(lambda);
    let stored = |first: usize, end: usize| &rows[first.min(rows.len())..end.min(rows.len())];
    let part = |range: std::ops::Range<usize>| {
        let (zero, one) = (
            stored(range.start, range.end),
            stored(half + range.start, half + range.end),
        );
        block_sums(&eq[range], zero, one, lambda)
    };
    Ok(reduce_over(half, BLOCK * 8, part, add).map(Ext::pair))
}

/// Folds `rows` by r and sums the first variable of `eq` out, both in place; then returns the round after.
///
/// rows[i] = R(i) + r * (R(half + i) - R(i)) for i < min(rows, half), eq[i] = eq[i] + eq[half / 2 + i] for i < half / 2;
/// what lies behind is left in any state. One pass over memory, where a round of its own would make a second.
pub fn next_round(eq: &mut [Pair], rows: &mut [Node], r: Pair, half: usize, lambda: Pair) -> Result<[Pair; 2]> {
    require_half(rows.len(), half)?;
    require(half.is_multiple_of(2), || {
        format!("half: expected an even number, got {half}")
    })?;
    require_eq(eq, half)?;
    let quarter = half / 2;
    let (eq, eq_high) = eq[..half].split_at_mut(quarter);
    let (folded, partners) = rows.split_at_mut(half.min(rows.len()));
    let (zero, one) = folded.split_at_mut(quarter.min(folded.len()));
    let (zero_partners, one_partners) = partners.split_at(quarter.min(partners.len()));
    let quarters = Quarters {
        eq,
        eq_high,
        zero,
        one,
        zero_partners,
        one_partners,
    };
    Ok(quarters.fold_and_sum(Ext::load(r), Ext::load(lambda)).map(Ext::pair))
}

fn require_eq(eq: &[Pair], half: usize) -> Result<()> {
    require(eq.len() >= half, || {
        format!("eq: expected at least half = {half} rows, got {}", eq.len())
    })
}

/// Rows of each quarter that stay in the first-level cache between folding and summing.
const BLOCK: usize = 64;

/// Rows i, half / 2 + i, half + i, 3 half / 2 + i of a table side by side, and eq alike; missing rows shorten a quarter.
struct Quarters<'a> {
    eq: &'a mut [Pair],
    eq_high: &'a [Pair],
    zero: &'a mut [Node],
    one: &'a mut [Node],
    zero_partners: &'a [Node],
    one_partners: &'a [Node],
}

impl Quarters<'_> {
    fn fold_and_sum(self, r: Ext, lambda: Ext) -> [Ext; 2] {
        let count = self.eq.len();
        if count <= BLOCK {
            fold_in_place(self.zero, self.zero_partners, r);
            fold_in_place(self.one, self.one_partners, r);
            halve_in_place(self.eq, self.eq_high);
            return block_sums(self.eq, self.zero, self.one, lambda);
        }
        let (left, right) = self.split_at((count / 2).next_multiple_of(BLOCK));
        let sums = if count > GRAIN {
            rayon::join(|| left.fold_and_sum(r, lambda), || right.fold_and_sum(r, lambda))
        } else {
            (left.fold_and_sum(r, lambda), right.fold_and_sum(r, lambda))
        };
        add(sums.0, sums.1)
    }

    fn split_at(self, row: usize) -> (Self, Self) {
        let (eq, eq_rest) = self.eq.split_at_mut(row);
        let (eq_high, eq_high_rest) = self.eq_high.split_at(row);
        let (zero, zero_rest) = self.zero.split_at_mut(row.min(self.zero.len()));
        let (one, one_rest) = self.one.split_at_mut(row.min(self.one.len()));
        let (zero_partners, zero_partners_rest) = self.zero_partners.split_at(row.min(self.zero_partners.len()));
        let (one_partners, one_partners_rest) = self.one_partners.split_at(row.min(self.one_partners.len()));
        (
            Self {
                eq,
                eq_high,
                zero,
                one,
                zero_partners,
                one_partners,
            },
            Self {
                eq: eq_rest,
                eq_high: eq_high_rest,
                zero: zero_rest,
                one: one_rest,
                zero_partners: zero_partners_rest,
                one_partners: one_partners_rest,
            },
        )
    }
}

/// The sums over rows of which the first ones are stored, and of these the first ones have a stored partner.
fn block_sums(eq: &[Pair], zero: &[Node], one: &[Node], lambda: Ext) -> [Ext; 2] {
    let (paired, stored) = (one.len(), zero.len());
    let mut sums = lanes::run(Round {
        eq: &eq[..paired],
        zero: &zero[..paired],
        one,
        lambda,
    });
    for first in (paired..stored).step_by(BLOCK) {
        let range = first..stored.min(first + BLOCK);
        let one = &[MISSING; BLOCK][..range.len()];
        let alone = Round {
            eq: &eq[range.clone()],
            zero: &zero[range],
            one,
            lambda,
        };
        sums = add(sums, lanes::run(alone));
    }
    let beyond = eq[stored..].iter().map(|eq| Ext::load(*eq)).sum::<Ext>() * lambda;
    add(sums, [beyond; 2])
}

/// The sums of eq times the gate at 0 and at 2, over rows and their partners.
struct Round<'a> {
    eq: &'a [Pair],
    zero: &'a [Node],
    one: &'a [Node],
    lambda: Ext,
}

impl Kernel for Round<'_> {
    type Output = [Ext; 2];
    #[inline(always)]
    fn run<L: Lanes>(self) -> [Ext; 2] {
        let count = self.eq.len();
        let whole = count - count % L::WIDTH;
        add(self.range::<L>(0, whole), self.range::<Fp>(whole, count))
    }
}

impl Round<'_> {
    #[inline(always)]
    fn range<L: Lanes>(&self, start: usize, end: usize) -> [Ext; 2] {
        let lambda = ExtLanes::<L>::splat(self.lambda);
        let (mut at_zero, mut at_two) = (ExtLanes::<L>::splat(Ext::ZERO), ExtLanes::<L>::splat(Ext::ZERO));
        for i in (start..end).step_by(L::WIDTH) {
            let eq = ExtLanes::<L>::load(&self.eq[i..]);
            let (zero, one) = (
                ExtLanes::<L>::load_rows(&self.zero[i..]),
                ExtLanes::<L>::load_rows(&self.one[i..]),
            );
            at_zero = at_zero + eq * gate(zero, lambda);
            let two = [
                one[0] + (one[0] - zero[0]),
                one[1] + (one[1] - zero[1]),
                one[2] + (one[2] - zero[2]),
                one[3] + (one[3] - zero[3]),
            ];
            at_two = at_two + eq * gate(two, lambda);
        }
        [at_zero.total(), at_two.total()]
    }
}

/// p0 q1 + p1 q0 + lambda q0 q1, as p0 q1 + q0 (p1 + lambda q1).
#[inline(always)]
fn gate<L: Lanes>([p0, q0, p1, q1]: [ExtLanes<L>; 4], lambda: ExtLanes<L>) -> ExtLanes<L> {
    p0 * q1 + q0 * (p1 + q1 * lambda)
}

#[inline(always)]
fn add(a: [Ext; 2], b: [Ext; 2]) -> [Ext; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eq::{eq_table, halve_eq};
    use crate::fold::{fold_nodes, folded_rows};

    #[test]
    fn rows_with_both_ends_missing_add_lambda() {
        let eq = [[1, 0], [10, 0], [100, 0], [1000, 0]];
        // Row 0 is (0, 1, 0, 1) too, stored.
        assert_eq!(round(&eq, &[MISSING], 4, [3, 1]), Ok([[3333, 1111], [3333, 1111]]));
    }

    #[test]
    fn the_next_round_is_folding_and_a_round() {
        let (r, lambda) = ([5, 1 << 63], [u64::MAX, 3]);
        for variables in [1, 2, 5, 8, 12] {
            let half = 1usize << variables;
            let point: Vec<Pair> = (1..=variables).map(|k| [k * 77, k << 60]).collect();
            let mut eq = vec![[0; 2]; half];
            eq_table(&point, &mut eq).unwrap();
            for stored in [
                1,
                half / 2,
                half / 2 + 1,
                half - 1,
                half,
                half + 3,
                3 * half / 2 + 1,
                2 * half,
            ] {
                let mut rows: Vec<Node> = (0..stored.min(2 * half) as u64)
                    .map(|i| [[i, !i], [i << 40, 7], [u64::MAX - i, 1], [3, i * i]])
                    .collect();
                let (mut folded, mut halved) = (vec![MISSING; folded_rows(rows.len(), half)], vec![[0; 2]; half / 2]);
                fold_nodes(&rows, r, half, &mut folded).unwrap();
                halve_eq(&eq, &mut halved).unwrap();
                let mut eq = eq.clone();
                let sums = next_round(&mut eq, &mut rows, r, half, lambda).unwrap();
                assert_eq!(rows[..folded.len()], folded);
                assert_eq!(eq[..half / 2], halved);
                assert_eq!(sums, round(&halved, &folded, half / 2, lambda).unwrap());
            }
        }
    }

    #[test]
    fn a_round_after_the_last_is_refused() {
        assert!(next_round(&mut [[1, 0]], &mut [MISSING; 2], [0, 0], 1, [0, 0]).is_err());
    }
}
