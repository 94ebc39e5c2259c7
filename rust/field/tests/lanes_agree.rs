//! Lanes of every width against one element at a time.

use zkinfer_field::lanes::{ExtLanes, Kernel, Lanes, run_each};
use zkinfer_field::{Ext, Fp, P, Pair};

const EDGES: [u64; 12] = [
    0,
    1,
    7,
    P - 1,
    P,
    P + 1,
    u64::MAX,
    u64::MAX - 1,
    (1 << 32) - 1,
    1 << 32,
    u64::MAX - (1 << 32),
    1 << 63,
];

/// Words of which every pair of edge values, and many others, meet at some place.
fn words(turn: usize) -> Vec<u64> {
    let edges = (0..144).map(|i| EDGES[if turn == 0 { i / 12 } else { i % 12 }]);
    let walk = (1..=1008u64).map(|i| (i + 1000 * turn as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    edges.chain(walk).collect()
}

#[derive(Clone)]
struct Base(Vec<u64>, Vec<u64>);

impl Kernel for Base {
    type Output = Vec<[u64; 5]>;
    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let mut out = vec![[0; 5]; self.0.len()];
        for i in (0..self.0.len()).step_by(L::WIDTH) {
            let (a, b) = (L::load(&self.0[i..]), L::load(&self.1[i..]));
            let results = [
                a.add(b),
                a.sub(b),
                a.mul(b),
                a.times_seven(),
                a.mul(L::splat(self.1[0])),
            ];
            for (k, result) in results.into_iter().enumerate() {
                let mut words = [0; 8];
                result.canonical().store(&mut words);
                (0..L::WIDTH).for_each(|lane| out[i + lane][k] = words[lane]);
            }
        }
        out
    }
}

#[test]
fn base_arithmetic() {
    let kernel = Base(words(0), words(1));
    let expected: Vec<[u64; 5]> = kernel
        .0
        .iter()
        .zip(&kernel.1)
        .map(|(a, b)| {
            let (a, b) = (Fp::new(*a), Fp::new(*b));
            [a + b, a - b, a * b, a * Fp::new(7), a * Fp::new(kernel.1[0])].map(Fp::word)
        })
        .collect();
    for output in run_each(&kernel) {
        assert_eq!(output, expected);
    }
}

#[derive(Clone)]
struct Extension(Vec<Pair>, Vec<Pair>);

impl Kernel for Extension {
    type Output = ([Vec<Pair>; 4], Ext);
    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let mut out = [0; 4].map(|_| vec![[0; 2]; self.0.len()]);
        let words: Vec<u64> = self.1.iter().map(|b| b[0]).collect();
        let mut sum = ExtLanes::<L>::splat(Ext::ZERO);
        for i in (0..self.0.len()).step_by(L::WIDTH) {
            let (a, b) = (ExtLanes::<L>::load(&self.0[i..]), ExtLanes::load(&self.1[i..]));
            (a * b).store(&mut out[0][i..]);
            (a + b - ExtLanes::splat(Ext::load([5, P - 1]))).store(&mut out[1][i..]);
            a.scale(b.c1).store(&mut out[2][i..]);
            a.scale(L::load_as_pairs(&words[i..])).store(&mut out[3][i..]);
            sum = sum + a;
        }
        (out, sum.total())
    }
}

#[test]
fn extension_arithmetic() {
    let (a, b) = (words(0), words(1));
    let kernel = Extension(a.as_chunks().0.to_vec(), b.as_chunks().0.to_vec());
    let map = |f: &dyn Fn(Ext, Ext) -> Ext| -> Vec<Pair> {
        kernel
            .0
            .iter()
            .zip(&kernel.1)
            .map(|(a, b)| f(Ext::load(*a), Ext::load(*b)).pair())
            .collect()
    };
    let expected = [
        map(&|a, b| a * b),
        map(&|a, b| a + b - Ext::load([5, P - 1])),
        map(&|a, b| a * b.coefficients()[1]),
        map(&|a, b| a * b.coefficients()[0]),
    ];
    let total: Ext = kernel.0.iter().map(|a| Ext::load(*a)).sum();
    for (output, sum) in run_each(&kernel) {
        assert_eq!(output, expected);
        assert_eq!(sum, total);
    }
}

#[derive(Clone)]
struct Rows(Vec<[Pair; 4]>);

impl Kernel for Rows {
    type Output = [Vec<Pair>; 4];
    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let mut out = [0; 4].map(|_| vec![[0; 2]; self.0.len()]);
        for i in (0..self.0.len()).step_by(L::WIDTH) {
            for (out, column) in out.iter_mut().zip(ExtLanes::<L>::load_rows(&self.0[i..])) {
                column.store(&mut out[i..]);
            }
        }
        out
    }
}

#[test]
fn rows_of_four() {
    let kernel = Rows(
        (0..16u64)
            .map(|i| [[i, 100 + i], [200 + i, 300 + i], [400 + i, 500 + i], [600 + i, 700 + i]])
            .collect(),
    );
    let expected: [Vec<Pair>; 4] = std::array::from_fn(|k| kernel.0.iter().map(|row| row[k]).collect());
    for output in run_each(&kernel) {
        assert_eq!(output, expected);
    }
}

#[derive(Clone)]
struct RowsOfTwo(Vec<[Pair; 2]>);

impl Kernel for RowsOfTwo {
    type Output = Vec<[Pair; 2]>;
    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let (p, q): (Vec<Pair>, Vec<Pair>) = self.0.iter().map(|[p, q]| (*p, *q)).unzip();
        let mut out = vec![[[0; 2]; 2]; self.0.len()];
        for i in (0..out.len()).step_by(L::WIDTH) {
            ExtLanes::<L>::store_rows(ExtLanes::load(&p[i..]), ExtLanes::load(&q[i..]), &mut out[i..]);
        }
        out
    }
}

#[test]
fn rows_of_two() {
    let rows = |first: u64| RowsOfTwo((0..16).map(|i| [[first + i, 100 + i], [200 + i, 300 + i]]).collect());
    for (small, wrapped) in run_each(&rows(0)).into_iter().zip(run_each(&rows(zkinfer_field::P))) {
        assert_eq!(small, rows(0).0);
        // What is stored is canonical.
        assert_eq!(wrapped, small);
    }
}
