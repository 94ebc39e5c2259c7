//! Every pair of edge values, in F and in E, one element and all lanes, against integers modulo p.

use zkinfer_field::lanes::{ExtLanes, Kernel, Lanes, run_each};
use zkinfer_field::{Ext, Fp, P, Pair};

/// Ends of the field, of its words and of the two halves that reduction works on; the last four are read modulo p.
const EDGES: [u64; 12] = [
    0,
    1,
    P - 1,
    P - 2,
    (1 << 32) - 1,
    1 << 32,
    P - (1 << 32),
    1 << 63,
    P,
    P + 1,
    u64::MAX - 1,
    u64::MAX,
];
const EXPONENTS: [u64; 9] = [0, 1, 2, 3, 1 << 32, P - 2, P - 1, P, u64::MAX];

fn sum(terms: &[u128]) -> u64 {
    (terms.iter().map(|term| term % u128::from(P)).sum::<u128>() % u128::from(P)) as u64
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// The additive inverse, as a nonnegative integer.
fn minus(a: u64) -> u128 {
    2 * u128::from(P) - u128::from(a)
}

fn ext_sum([a, b]: Pair, [c, d]: Pair) -> Pair {
    [sum(&[a.into(), c.into()]), sum(&[b.into(), d.into()])]
}

fn ext_difference([a, b]: Pair, [c, d]: Pair) -> Pair {
    [sum(&[a.into(), minus(c)]), sum(&[b.into(), minus(d)])]
}

fn ext_product([a, b]: Pair, [c, d]: Pair) -> Pair {
    let high = sum(&[product(b, d)]);
    [
        sum(&[product(a, c), product(7, high)]),
        sum(&[product(a, d), product(b, c)]),
    ]
}

/// All pairs of pairs of edge values: their number is a multiple of every width.
fn quads() -> (Vec<Pair>, Vec<Pair>) {
    let pairs: Vec<Pair> = EDGES.iter().flat_map(|a| EDGES.map(|b| [*a, b])).collect();
    let left = pairs.iter().flat_map(|x| pairs.iter().map(move |_| *x));
    let right = pairs.iter().flat_map(|_| pairs.iter().copied());
    (left.collect(), right.collect())
}

#[test]
fn base_arithmetic() {
    for a in EDGES {
        let x = Fp::new(a);
        assert_eq!(x.word(), sum(&[a.into()]));
        assert_eq!((-x).word(), sum(&[minus(a)]));
        assert_eq!(x.double().word(), sum(&[a.into(), a.into()]));
        assert_eq!(x.times_seven().word(), sum(&[product(7, a)]));
        for b in EDGES {
            let y = Fp::new(b);
            assert_eq!((x + y).word(), sum(&[a.into(), b.into()]), "{a} + {b}");
            assert_eq!((x - y).word(), sum(&[a.into(), minus(b)]), "{a} - {b}");
            assert_eq!((x * y).word(), sum(&[product(a, b)]), "{a} * {b}");
            assert_eq!(x == y, x.word() == y.word());
        }
    }
}

#[test]
fn powers_and_inverses() {
    for a in EDGES {
        let x = Fp::new(a);
        for exponent in EXPONENTS {
            let expected = (0..64).rev().fold(1, |power, bit| {
                let square = sum(&[product(power, power)]);
                if exponent >> bit & 1 == 1 {
                    sum(&[product(square, a)])
                } else {
                    square
                }
            });
            assert_eq!(x.power(exponent).word(), expected, "{a} ^ {exponent}");
        }
        let is_unit = x != Fp::ZERO;
        assert_eq!((x * x.power(P - 2)).word(), u64::from(is_unit));
        let powers: Vec<u64> = x.powers().take(5).map(Fp::word).collect();
        assert_eq!(powers, (0..5).map(|k| x.power(k).word()).collect::<Vec<_>>());
    }
}

#[test]
fn extension_arithmetic() {
    let (left, right) = quads();
    for (&a, &b) in left.iter().zip(&right) {
        let (x, y) = (Ext::load(a), Ext::load(b));
        assert_eq!((x + y).pair(), ext_sum(a, b), "{a:?} + {b:?}");
        assert_eq!((x - y).pair(), ext_difference(a, b), "{a:?} - {b:?}");
        assert_eq!((x * y).pair(), ext_product(a, b), "{a:?} * {b:?}");
        assert_eq!((x * Fp::new(b[0])).pair(), ext_product(a, [b[0], 0]));
    }
}

#[derive(Clone)]
struct InLanes<'a>(&'a [Pair], &'a [Pair]);

impl Kernel for InLanes<'_> {
    type Output = [Vec<Pair>; 4];
    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Output {
        let mut out = [0; 4].map(|_| vec![[0; 2]; self.0.len()]);
        for i in (0..self.0.len()).step_by(L::WIDTH) {
            let (a, b) = (ExtLanes::<L>::load(&self.0[i..]), ExtLanes::load(&self.1[i..]));
            (a + b).store(&mut out[0][i..]);
            (a - b).store(&mut out[1][i..]);
            (a * b).store(&mut out[2][i..]);
            a.scale(b.c0).store(&mut out[3][i..]);
        }
        out
    }
}

#[test]
fn extension_arithmetic_in_lanes() {
    let (left, right) = quads();
    let map =
        |f: &dyn Fn(Pair, Pair) -> Pair| -> Vec<Pair> { left.iter().zip(&right).map(|(a, b)| f(*a, *b)).collect() };
    let expected = [
        map(&ext_sum),
        map(&ext_difference),
        map(&ext_product),
        map(&|a, b| ext_product(a, [b[0], 0])),
    ];
    for output in run_each(&InLanes(&left, &right)) {
        assert_eq!(output, expected);
    }
}
