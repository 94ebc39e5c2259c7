//! One round of a zero-check: eq times a product of several factors.

use std::ops::Range;

use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair, Stored, Value};

use crate::error::{Result, require, require_half, require_len};
use crate::parallel::{GRAIN, reduce_over};

/// Returns t(0), t(2), .., t(f) of t(x) = sum_i eq[i] prod_k ((1 - x) F_k[i] + x F_k[half + i]), for f factors.
///
/// `factors` holds f tables of `rows` stored rows; missing rows are zero. One factor gives t(0) alone.
pub fn vanish_round<T: Stored>(eq: &[Pair], factors: &[T], rows: usize, half: usize) -> Result<Vec<Pair>> {
    require_half(rows, half)?;
    require(rows > 0, || "factors: expected at least one row, got none".to_owned())?;
    require(eq.len() >= half, || {
        format!("eq: expected at least half = {half} rows, got {}", eq.len())
    })?;
    let tables: Vec<&[T]> = factors.chunks(rows).collect();
    require(!tables.is_empty(), || {
        "factors: expected at least one, got none".to_owned()
    })?;
    require_len("factors", factors.len(), tables.len() * rows)?;
    let stored = rows.min(half);
    // Rows with a partner, then those whose partner is missing.
    let paired = rows.saturating_sub(half);
    let add = |mut a: Vec<Ext>, b: Vec<Ext>| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        a
    };
    let with_partner = reduce_over(
        paired,
        GRAIN,
        |range| {
            lanes::run(Round {
                eq,
                tables: &tables,
                range,
                half: Some(half),
            })
        },
        add,
    );
    let alone = reduce_over(
        stored - paired,
        GRAIN,
        |range| {
            lanes::run(Round {
                eq,
                tables: &tables,
                range: paired + range.start..paired + range.end,
                half: None,
            })
        },
        add,
    );
    Ok(add(with_partner, alone).into_iter().map(Ext::pair).collect())
}

/// The sums over a range of rows, which all have a partner `half` further on, or none.
struct Round<'a, T> {
    eq: &'a [Pair],
    tables: &'a [&'a [T]],
    range: Range<usize>,
    half: Option<usize>,
}

impl<T: Stored> Kernel for Round<'_, T> {
    type Output = Vec<Ext>;
    #[inline(always)]
    fn run<L: Lanes>(self) -> Vec<Ext> {
        let Range { start, end } = self.range;
        let whole = end - (end - start) % L::WIDTH;
        let mut sums = vec![Ext::ZERO; self.tables.len()];
        self.add::<L>(start, whole, &mut sums);
        self.add::<Fp>(whole, end, &mut sums);
        sums
    }
}

impl<T: Stored> Round<'_, T> {
    #[inline(always)]
    fn add<L: Lanes>(&self, start: usize, end: usize, out: &mut [Ext]) {
        let mut sums = vec![ExtLanes::<L>::splat(Ext::ZERO); self.tables.len()];
        // The factors on the line x = 2, 3, ..: value and slope.
        let mut lines = vec![(T::Several::<L>::zero(), T::Several::<L>::zero()); self.tables.len()];
        for i in (start..end).step_by(L::WIDTH) {
            let eq = ExtLanes::<L>::load(&self.eq[i..]);
            let mut at_zero = None;
            for (line, table) in lines.iter_mut().zip(self.tables) {
                let zero = T::load::<L>(&table[i..]);
                let one = match self.half {
                    Some(half) => T::load::<L>(&table[half + i..]),
                    None => T::Several::zero(),
                };
                at_zero = Some(times(at_zero, zero));
                *line = (one, one - zero);
            }
            add_scaled(&mut sums[0], at_zero, eq);
            for sum in &mut sums[1..] {
                let mut product = None;
                for (value, slope) in &mut lines {
                    *value = *value + *slope;
                    product = Some(times(product, *value));
                }
                add_scaled(sum, product, eq);
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out += sum.total();
        }
    }
}

/// A product so far, times one more factor.
#[inline(always)]
fn times<L: Lanes, V: Value<L>>(product: Option<V>, factor: V) -> V {
    match product {
        Some(product) => product * factor,
        None => factor,
    }
}

#[inline(always)]
fn add_scaled<L: Lanes, V: Value<L>>(sum: &mut ExtLanes<L>, product: Option<V>, eq: ExtLanes<L>) {
    if let Some(product) = product {
        *sum = *sum + product.scale(eq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_factors_on_one_line() {
        // (1 + x)(2 + x)(3 + x), and eq = 10: 60 at 0, 600 at 2, 1200 at 3.
        let result = vanish_round(&[[10, 0]], &[1u64, 2, 2, 3, 3, 4], 2, 1);
        assert_eq!(result, Ok(vec![[60, 0], [600, 0], [1200, 0]]));
    }

    #[test]
    fn one_factor_gives_the_value_at_zero_alone() {
        assert_eq!(vanish_round(&[[10, 0]], &[[1u64, 1], [2, 2]], 2, 1), Ok(vec![[10, 10]]));
    }
}
