//! The number-theoretic transform of LANES polynomials at once.
//!
//! Evaluation by halving the modulus: f mod (X^2h - c^2) gives f mod (X^h - c) = low + c high and f mod (X^h + c) = low - c high,
//! down to h = 1, where f mod (X - x) = f(x). One factor serves a whole block, and the values come in bit-reversed order.

use zkinfer_field::Fp;

/// Polynomials transformed together: a line of their coefficients is one cache line.
pub(crate) const LANES: usize = 8;
/// One coefficient of each polynomial.
pub(crate) type Line = [u64; LANES];

/// Lines that stay in the first-level cache while a block of them is finished.
const CACHED: usize = 256;

/// What transforms of one size share.
pub(crate) struct Plan {
    size: usize,
    /// The factor of block b among 2^l at any level l, for the group itself: w^bitrev(b) with w of order 2^(l+1).
    factors: Vec<Fp>,
}

impl Plan {
    /// Prepares transforms of `size` coefficients, a power of two.
    pub(crate) fn new(size: usize) -> Self {
        let mut factors = vec![Fp::ONE];
        for log_order in 2..=size.ilog2() {
            let root = Fp::root_of_unity(log_order);
            // Reversing bits, the upper half of the blocks has the angles of the lower half and the new, smallest one.
            factors.extend_from_within(..);
            let half = factors.len() / 2;
            factors[half..].iter_mut().for_each(|factor| *factor *= root);
        }
        Self { size, factors }
    }

    /// Where the transform leaves the value at shift * w^i, w of order `size`.
    pub(crate) fn place(&self, i: usize) -> usize {
        if self.size == 1 {
            0
        } else {
            i.reverse_bits() >> (usize::BITS - self.size.ilog2())
        }
    }

    /// Replaces polynomials modulo X^size - shift^size by their values on the coset shift * <w>, canonical.
    pub(crate) fn transform(&self, shift: Fp, tile: &mut [Line]) {
        // shift^(2^k) for each k below log2(size).
        let squares: Vec<Fp> = std::iter::successors(Some(shift), |s| Some(*s * *s))
            .take(self.size.ilog2() as usize)
            .collect();
        self.finish(&squares, tile, 0);
        tile.as_flattened_mut()
            .iter_mut()
            .for_each(|word| *word = Fp::new(*word).word());
    }

    /// Transforms block `index` among those of its length: two levels, then each quarter, in whole while it fits the cache.
    fn finish(&self, squares: &[Fp], block: &mut [Line], index: usize) {
        if block.len() > CACHED {
            self.two_levels(squares, block, index);
            for (k, quarter) in block.chunks_exact_mut(block.len() / 4).enumerate() {
                self.finish(squares, quarter, 4 * index + k);
            }
            return;
        }
        let (mut length, mut first) = (block.len(), index);
        while length >= 4 {
            for (k, block) in block.chunks_exact_mut(length).enumerate() {
                self.two_levels(squares, block, first + k);
            }
            (length, first) = (length / 4, 4 * first);
        }
        if length == 2 {
            for (k, block) in block.chunks_exact_mut(2).enumerate() {
                let c = squares[0] * self.factors[first + k];
                let (low, high) = block.split_at_mut(1);
                for (low, high) in low[0].iter_mut().zip(&mut high[0]) {
                    (*low, *high) = butterfly(*low, *high, c);
                }
            }
        }
    }

    /// Halves the modulus of a block twice.
    fn two_levels(&self, squares: &[Fp], block: &mut [Line], index: usize) {
        let quarter = block.len() / 4;
        let outer = squares[quarter.ilog2() as usize + 1] * self.factors[index];
        let square = squares[quarter.ilog2() as usize];
        let inner = [square * self.factors[2 * index], square * self.factors[2 * index + 1]];
        let (low, high) = block.split_at_mut(2 * quarter);
        let ((a, b), (c, d)) = (low.split_at_mut(quarter), high.split_at_mut(quarter));
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                let (a1, c1) = butterfly(*a, *c, outer);
                let (b1, d1) = butterfly(*b, *d, outer);
                (*a, *b) = butterfly(a1, b1, inner[0]);
                (*c, *d) = butterfly(c1, d1, inner[1]);
            }
        }
    }
}

/// low + c high and low - c high.
#[inline(always)]
fn butterfly(low: u64, high: u64, c: Fp) -> (u64, u64) {
    let (low, high) = (Fp::new(low), Fp::new(high) * c);
    ((low + high).raw(), (low - high).raw())
}
