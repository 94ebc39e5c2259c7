//! The number-theoretic transform of LANES polynomials at once.
//!
//! Evaluation by halving the modulus: f mod (X^2h - c^2) gives f mod (X^h - c), which is low + c high, and
//! f mod (X^h + c), which is low - c high, down to h = 1, where f mod (X - x) is f(x). One factor serves a whole block, and
//! the values come in bit-reversed order.

use zkinfer_field::Fp;
use zkinfer_field::lanes::{self, Kernel, Lanes};

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
    }

    /// Transforms block `index` among those of its length: two levels, then each quarter, in whole while it fits the
    /// cache.
    fn finish(&self, squares: &[Fp], block: &mut [Line], index: usize) {
        if block.len() <= CACHED {
            return lanes::run(Finish {
                plan: self,
                squares,
                block,
                index,
            });
        }
        lanes::run(TwoLevels {
            factors: self.two_levels(squares, block.len() / 4, index),
            block,
        });
        for (k, quarter) in block.chunks_exact_mut(block.len() / 4).enumerate() {
            self.finish(squares, quarter, 4 * index + k);
        }
    }

    /// The factors that halve the modulus of block `index`, of four quarters, and those of its two halves.
    #[inline(always)]
    fn two_levels(&self, squares: &[Fp], quarter: usize, index: usize) -> [Fp; 3] {
        let level = quarter.ilog2() as usize;
        [
            squares[level + 1] * self.factors[index],
            squares[level] * self.factors[2 * index],
            squares[level] * self.factors[2 * index + 1],
        ]
    }
}

/// Transforms a block that fits the cache, to canonical words.
struct Finish<'a> {
    plan: &'a Plan,
    squares: &'a [Fp],
    block: &'a mut [Line],
    index: usize,
}

impl Kernel for Finish<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        let (mut length, mut first) = (self.block.len(), self.index);
        while length >= 4 {
            for (k, block) in self.block.chunks_exact_mut(length).enumerate() {
                two_levels::<L>(self.plan.two_levels(self.squares, length / 4, first + k), block);
            }
            (length, first) = (length / 4, 4 * first);
        }
        if length == 2 {
            for (k, [low, high]) in self.block.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let c = L::splat((self.squares[0] * self.plan.factors[first + k]).raw());
                for lane in (0..LANES).step_by(L::WIDTH) {
                    let (sum, difference) = butterfly(L::load(&low[lane..]), L::load(&high[lane..]), c);
                    sum.store(&mut low[lane..]);
                    difference.store(&mut high[lane..]);
                }
            }
        }
        for words in self.block.as_flattened_mut().chunks_exact_mut(L::WIDTH) {
            L::load(words).canonical().store(words);
        }
    }
}

/// Halves the modulus of a block twice.
struct TwoLevels<'a> {
    factors: [Fp; 3],
    block: &'a mut [Line],
}

impl Kernel for TwoLevels<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self) {
        two_levels::<L>(self.factors, self.block);
    }
}

#[inline(always)]
fn two_levels<L: Lanes>(factors: [Fp; 3], block: &mut [Line]) {
    let [outer, left, right] = [factors[0].raw(), factors[1].raw(), factors[2].raw()];
    let (outer, left, right) = (L::splat(outer), L::splat(left), L::splat(right));
    let half = block.len() / 2;
    let (low, high) = block.split_at_mut(half);
    let ((a, b), (c, d)) = (low.split_at_mut(half / 2), high.split_at_mut(half / 2));
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        for lane in (0..LANES).step_by(L::WIDTH) {
            let (a1, c1) = butterfly(L::load(&a[lane..]), L::load(&c[lane..]), outer);
            let (b1, d1) = butterfly(L::load(&b[lane..]), L::load(&d[lane..]), outer);
            let (a2, b2) = butterfly(a1, b1, left);
            let (c2, d2) = butterfly(c1, d1, right);
            a2.store(&mut a[lane..]);
            b2.store(&mut b[lane..]);
            c2.store(&mut c[lane..]);
            d2.store(&mut d[lane..]);
        }
    }
}

/// low + c high and low - c high.
#[inline(always)]
fn butterfly<L: Lanes>(low: L, high: L, c: L) -> (L, L) {
    let product = high.mul(c);
    (low.add(product), low.sub(product))
}
