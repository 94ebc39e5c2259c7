//! The equality polynomial, extensions and interpolation (1.3 to 1.6).

use crate::extension::Ext;
use crate::field::Fp;

/// vars(m): the least n with 2^n >= m.
#[must_use]
pub fn vars(count: u64) -> u32 {
    count.max(1).next_power_of_two().trailing_zeros()
}

/// eq(x, y) of two points of the same number of variables.
#[must_use]
pub fn eq(x: &[Ext], y: &[Ext]) -> Ext {
    x.iter().zip(y).fold(Ext::ONE, |out, (&x, &y)| {
        let both = x * y;
        out * (both + both + Ext::ONE - x - y)
    })
}

/// eq(x, i) for an index i: the first variable is the top bit.
#[must_use]
pub fn eq_index(x: &[Ext], index: u64) -> Ext {
    product_at(&pairs(x), index)
}

/// The pairs (1 - x, x) of a point: a product over the bits of an index is then `product_at`.
#[must_use]
pub fn pairs(x: &[Ext]) -> Vec<(Ext, Ext)> {
    x.iter().map(|&x| (Ext::ONE - x, x)).collect()
}

/// prod_k pair_k[bit k of the index], top bit first.
#[must_use]
pub fn product_at(pairs: &[(Ext, Ext)], index: u64) -> Ext {
    let n = pairs.len();
    pairs.iter().enumerate().fold(Ext::ONE, |out, (k, pair)| {
        out * if index.checked_shr((n - 1 - k) as u32).unwrap_or(0) & 1 == 1 {
            pair.1
        } else {
            pair.0
        }
    })
}

/// The sum of `product_at` over all indices below `count`.
#[must_use]
pub fn product_sum(pairs: &[(Ext, Ext)], count: u64) -> Ext {
    let n = pairs.len() as u32;
    if count.checked_shr(n).unwrap_or(0) > 0 {
        return pairs.iter().fold(Ext::ONE, |out, pair| out * (pair.0 + pair.1));
    }
    let Some(((zero, one), rest)) = pairs.split_first() else {
        return Ext::ZERO;
    };
    let half = 1_u64 << (n - 1);
    if count <= half {
        *zero * product_sum(rest, count)
    } else {
        *zero * product_sum(rest, half) + *one * product_sum(rest, count - half)
    }
}

/// eq(x, i) for many i, with two tables of about 2^(n/2) entries.
#[derive(Debug, Clone)]
pub struct EqTable {
    high: Vec<Ext>,
    low: Vec<Ext>,
    low_vars: u32,
}

impl EqTable {
    /// Tables for a point.
    #[must_use]
    pub fn new(x: &[Ext]) -> Self {
        let high_vars = if x.len() > 12 { x.len() / 2 } else { 0 };
        let (high, low) = x.split_at(high_vars);
        Self {
            high: table(high),
            low: table(low),
            low_vars: low.len() as u32,
        }
    }

    /// eq(x, i); zero for an index that is too large.
    #[must_use]
    pub fn at(&self, index: u64) -> Ext {
        let low = (index & ((1 << self.low_vars) - 1)) as usize;
        let high = usize::try_from(index >> self.low_vars)
            .ok()
            .and_then(|k| self.high.get(k));
        high.map_or(Ext::ZERO, |&high| high * self.low[low])
    }
}

/// eq(x, i) for every i.
fn table(x: &[Ext]) -> Vec<Ext> {
    let mut out = vec![Ext::ONE];
    for &x in x {
        out = out.iter().flat_map(|&e| [e - e * x, e * x]).collect();
    }
    out
}

/// The values at x of the Lagrange polynomials on the nodes 0 .. degree.
#[must_use]
pub fn lagrange(degree: u32, x: Ext) -> Vec<Ext> {
    let node = |j: u32| Fp::from_u64(u64::from(j));
    let others = |j: u32| (0..=degree).filter(move |&m| m != j);
    (0..=degree)
        .map(|j| {
            let numerator = others(j).fold(Ext::ONE, |out, m| out * (x - node(m).into()));
            let denominator = others(j).fold(Fp::ONE, |out, m| out * (node(j) - node(m)));
            numerator.scale(denominator.inverse())
        })
        .collect()
}
