//! Several elements of F at once: inner loops are written over `Lanes`, and run with the widest instructions the machine
//! has.
//!
//! `run` chooses at run time: eight lanes of AVX-512, or one lane of plain words, with the same words after `canonical`.
//! Four lanes of AVX2 were no faster than one: without unsigned comparisons they spend what they gain. A kernel's inner
//! loop and what it calls are `inline(always)`, and free of closures: only what is inlined is compiled for the
//! instructions.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod ext;

pub use ext::ExtLanes;

use crate::{Ext, Fp, Pair};

/// Elements of F side by side; words are congruent to them, not necessarily canonical.
pub trait Lanes: Copy {
    /// How many.
    const WIDTH: usize;

    /// The same element in every lane.
    fn splat(word: u64) -> Self;
    /// Reads the first WIDTH words.
    fn load(words: &[u64]) -> Self;
    /// Reads the first WIDTH words, lanes in the order in which `ExtLanes::load` has pairs.
    fn load_as_pairs(words: &[u64]) -> Self;
    /// Writes the first WIDTH words.
    fn store(self, words: &mut [u64]);
    /// The canonical words.
    fn canonical(self) -> Self;
    /// The sums.
    fn add(self, other: Self) -> Self;
    /// The differences.
    fn sub(self, other: Self) -> Self;
    /// The products.
    fn mul(self, other: Self) -> Self;
    /// Seven times the elements.
    fn times_seven(self) -> Self;

    /// The first words of each two, from both sides by turns, and the second ones: takes pairs apart, and puts them
    /// together.
    fn unzip(self, other: Self) -> (Self, Self);

    /// Reads the first WIDTH rows of four pairs: for each of the four the coefficients c0 and c1, lanes in the order in
    /// which `ExtLanes::load` has pairs.
    fn load_rows(rows: &[[Pair; 4]]) -> [[Self; 2]; 4];

    /// Writes the first WIDTH rows of two pairs, canonical, for the coefficients c0 and c1 of each; lanes as in
    /// `load_rows`.
    fn store_rows(rows: &mut [[Pair; 2]], p: [Self; 2], q: [Self; 2]);

    /// The products in E, by three products in F.
    #[inline(always)]
    fn mul_ext(a: [Self; 2], b: [Self; 2]) -> [Self; 2] {
        let (low, high) = (a[0].mul(b[0]), a[1].mul(b[1]));
        let both = a[0].add(a[1]).mul(b[0].add(b[1]));
        [low.add(high.times_seven()), both.sub(low).sub(high)]
    }
}

/// One lane: what runs everywhere.
impl Lanes for Fp {
    const WIDTH: usize = 1;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self::new(word)
    }
    #[inline(always)]
    fn load(words: &[u64]) -> Self {
        Self::new(words[0])
    }
    #[inline(always)]
    fn load_as_pairs(words: &[u64]) -> Self {
        Self::new(words[0])
    }
    #[inline(always)]
    fn store(self, words: &mut [u64]) {
        words[0] = self.raw();
    }
    #[inline(always)]
    fn canonical(self) -> Self {
        Self::new(self.word())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    fn times_seven(self) -> Self {
        self.times_seven()
    }
    #[inline(always)]
    fn unzip(self, other: Self) -> (Self, Self) {
        (self, other)
    }
    #[inline(always)]
    fn load_rows(rows: &[[Pair; 4]]) -> [[Self; 2]; 4] {
        let [p, q, s, t] = rows[0];
        [Ext::load(p), Ext::load(q), Ext::load(s), Ext::load(t)].map(Ext::coefficients)
    }
    #[inline(always)]
    fn store_rows(rows: &mut [[Pair; 2]], p: [Self; 2], q: [Self; 2]) {
        rows[0] = [Ext::new(p[0], p[1]).pair(), Ext::new(q[0], q[1]).pair()];
    }
    /// Multiplication of words is cheap beside reduction: four products, two reductions.
    #[inline(always)]
    fn mul_ext(a: [Self; 2], b: [Self; 2]) -> [Self; 2] {
        (Ext::new(a[0], a[1]) * Ext::new(b[0], b[1])).coefficients()
    }
}

/// A computation over lanes of any width.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// Computes it; to be marked `inline(always)`.
    fn run<L: Lanes>(self) -> Self::Output;
}

/// Runs a kernel with the widest lanes this machine has.
#[inline]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if avx512::available() {
            // SAFETY: AVX-512 was detected.
            return unsafe { avx512::run(kernel) };
        }
    }
    kernel.run::<Fp>()
}

/// Runs a kernel with every kind of lanes this machine has: for tests.
pub fn run_each<K: Kernel + Clone>(kernel: &K) -> Vec<K::Output> {
    #[allow(unused_mut, reason = "other architectures have one kind")]
    let mut outputs = vec![kernel.clone().run::<Fp>()];
    #[cfg(target_arch = "x86_64")]
    {
        if avx512::available() {
            // SAFETY: AVX-512 was detected.
            outputs.push(unsafe { avx512::run(kernel.clone()) });
        }
    }
    outputs
}
