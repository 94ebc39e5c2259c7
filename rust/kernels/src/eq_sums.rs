//! Sums of tables times equality polynomials, each table with a point of its own: no eq table is ever laid out.
//!
//! eq(point, i) is a product of the eq of the point's first variables at i's upper bits and of the rest at its lower
//! ones, so two short tables serve for the long one.

use rayon::prelude::*;
use zkinfer_field::lanes::{self, ExtLanes, Kernel, Lanes};
use zkinfer_field::{Ext, Fp, Pair};

use crate::error::{Result, require, require_len};
use crate::fold::interpolate;
use crate::parallel::items;

/// Writes out[c] = sum_i high[c, i / m] low[c, i mod m] (T_c[i], T_c[half + i]), i < half = h m.
///
/// `high` holds h rows for each of the `out.len()` tables, `low` m; `tables` 2 h m.
pub fn eq_sums(tables: &[Pair], high: &[Pair], low: &[Pair], out: &mut [[Pair; 2]]) -> Result<()> {
    let count = out.len();
    if count == 0 {
        return require_len("tables", tables.len(), 0);
    }
    let (h, m) = (high.len() / count, low.len() / count);
    require(h > 0 && m > 0, || "high, low: expected rows for each table".to_owned())?;
    require_len("high", high.len(), count * h)?;
    require_len("low", low.len(), count * m)?;
    require_len("tables", tables.len(), 2 * count * h * m)?;
    out.par_iter_mut()
        .zip(tables.par_chunks_exact(2 * h * m))
        .zip(high.par_chunks_exact(h))
        .zip(low.par_chunks_exact(m))
        .with_min_len(items(2 * h * m))
        .for_each(|(((out, table), high), low)| {
            let (zero, one) = table.split_at(h * m);
            let mut sums = [Ext::ZERO; 2];
            for ((weight, zero), one) in high.iter().zip(zero.chunks_exact(m)).zip(one.chunks_exact(m)) {
                let dots = lanes::run(Dots { low, zero, one });
                sums = std::array::from_fn(|k| sums[k] + Ext::load(*weight) * dots[k]);
            }
            *out = sums.map(Ext::pair);
        });
    Ok(())
}

/// Folds tables by r in place, to `half` rows each, T[i] = T[i] + r * (T[half + i] - T[i]); then returns their sums.
///
/// `tables` are `stride` rows apart, of which the first 2 half count; half = 2 h m. One pass over memory, where sums of
/// their own would make a second.
pub fn next_eq_sums(
    tables: &mut [Pair],
    stride: usize,
    r: Pair,
    half: usize,
    high: &[Pair],
    low: &[Pair],
    out: &mut [[Pair; 2]],
) -> Result<()> {
    let count = out.len();
    require_len("tables", tables.len(), count.saturating_mul(stride))?;
    if count == 0 {
        return Ok(());
    }
    let (h, m) = (high.len() / count, low.len() / count);
    require_len("high", high.len(), count * h)?;
    require_len("low", low.len(), count * m)?;
    require(half <= stride / 2 && half > 0 && half == 2 * h * m, || {
        format!("half: expected twice the rows of high times low, and at most {stride} / 2, got {half}")
    })?;
    let r = Ext::load(r);
    out.par_iter_mut()
        .zip(tables.par_chunks_exact_mut(stride))
        .zip(high.par_chunks_exact(h))
        .zip(low.par_chunks_exact(m))
        .with_min_len(items(2 * h * m))
        .for_each(|(((out, table), high), low)| {
            let (rows, partners) = table[..2 * half].split_at_mut(half);
            let (zero, one) = rows.split_at_mut(half / 2);
            let (zero_partners, one_partners) = partners.split_at(half / 2);
            let mut sums = [Ext::ZERO; 2];
            for (k, weight) in high.iter().enumerate() {
                let block = k * m..(k + 1) * m;
                let (zero, one) = (&mut zero[block.clone()], &mut one[block.clone()]);
                interpolate(zero, &zero_partners[block.clone()], r);
                interpolate(one, &one_partners[block], r);
                let dots = lanes::run(Dots { low, zero, one });
                sums = std::array::from_fn(|k| sums[k] + Ext::load(*weight) * dots[k]);
            }
            *out = sums.map(Ext::pair);
        });
    Ok(())
}

/// The sums of the products of `low` with `zero` and with `one`.
struct Dots<'a> {
    low: &'a [Pair],
    zero: &'a [Pair],
    one: &'a [Pair],
}

impl Kernel for Dots<'_> {
    type Output = [Ext; 2];
    #[inline(always)]
    fn run<L: Lanes>(self) -> [Ext; 2] {
        let whole = self.low.len() - self.low.len() % L::WIDTH;
        let (sums, rest) = (self.range::<L>(0, whole), self.range::<Fp>(whole, self.low.len()));
        [sums[0] + rest[0], sums[1] + rest[1]]
    }
}

impl Dots<'_> {
    #[inline(always)]
    fn range<L: Lanes>(&self, start: usize, end: usize) -> [Ext; 2] {
        let mut sums = [ExtLanes::<L>::splat(Ext::ZERO); 2];
        for i in (start..end).step_by(L::WIDTH) {
            let low = ExtLanes::load(&self.low[i..]);
            sums[0] = sums[0] + ExtLanes::load(&self.zero[i..]) * low;
            sums[1] = sums[1] + ExtLanes::load(&self.one[i..]) * low;
        }
        sums.map(|sum| sum.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eq::eq_table;
    use crate::fold::fold;
    use crate::vector::dot;

    #[test]
    fn sums_are_dot_products_with_eq_tables() {
        let word = |k: usize| (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for (count, high_vars, low_vars) in [(1, 0, 0), (3, 2, 4), (2, 0, 5), (2, 3, 0)] {
            let vars = high_vars + low_vars;
            let tables: Vec<Pair> = (0..count << (vars + 1)).map(|k| [word(2 * k), word(3 * k)]).collect();
            let (mut high, mut low, mut expected) = (vec![], vec![], vec![]);
            for c in 0..count {
                let point: Vec<Pair> = (0..vars).map(|k| [word(c + 7 * k), word(c + 11 * k)]).collect();
                let table = |point: &[Pair]| {
                    let mut out = vec![[0; 2]; 1 << point.len()];
                    eq_table(point, &mut out).unwrap();
                    out
                };
                high.extend(table(&point[..high_vars]));
                low.extend(table(&point[high_vars..]));
                let (zero, one) = tables[c << (vars + 1)..][..2 << vars].split_at(1 << vars);
                expected.push([dot(&table(&point), zero).unwrap(), dot(&table(&point), one).unwrap()]);
            }
            let mut out = vec![[[7; 2]; 2]; count];
            eq_sums(&tables, &high, &low, &mut out).unwrap();
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn the_next_sums_are_those_of_folded_tables() {
        let word = |k: usize| (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let r = [77, u64::MAX];
        for (count, h, m, stride) in [(1, 1, 1, 4), (3, 4, 16, 300), (2, 1, 8, 32)] {
            let half = 2 * h * m;
            let mut tables: Vec<Pair> = (0..count * stride).map(|k| [word(2 * k), word(3 * k)]).collect();
            let high: Vec<Pair> = (0..count * h).map(|k| [word(5 * k), k as u64]).collect();
            let low: Vec<Pair> = (0..count * m).map(|k| [word(7 * k), k as u64]).collect();
            let mut folded = vec![];
            for table in tables.chunks_exact(stride) {
                let mut out = vec![[0; 2]; half];
                fold(&table[..2 * half], r, half, &mut out).unwrap();
                folded.extend(out);
            }
            let (mut expected, mut out) = (vec![[[0; 2]; 2]; count], vec![[[7; 2]; 2]; count]);
            eq_sums(&folded, &high, &low, &mut expected).unwrap();
            next_eq_sums(&mut tables, stride, r, half, &high, &low, &mut out).unwrap();
            assert_eq!(out, expected);
            assert_eq!(tables[(count - 1) * stride..][..half], folded[(count - 1) * half..]);
        }
    }

    #[test]
    fn tables_of_another_length_are_refused() {
        let mut out = [[[0; 2]; 2]];
        assert!(eq_sums(&[[0; 2]; 3], &[[0; 2]], &[[0; 2]], &mut out).is_err());
        assert!(eq_sums(&[[0; 2]; 2], &[[0; 2]], &[], &mut out).is_err());
    }
}
