//! Arithmetic against Plonky3's, on edge values, words at or above p and a walk through the field.

use p3_field::extension::{BinomialExtensionField, BinomiallyExtendable};
use p3_field::{BasedVectorSpace, PrimeField64, TwoAdicField};
use p3_goldilocks::Goldilocks;
use zkinfer_field::{Ext, ExtSum, Fp, P, Pair, ProductSum, ScaledSum, TWO_ADICITY};

type OracleExt = BinomialExtensionField<Goldilocks, 2>;

fn words() -> Vec<u64> {
    let edges = [
        0,
        1,
        2,
        7,
        P - 1,
        P - 2,
        P,
        P + 1,
        u64::MAX,
        u64::MAX - 1,
        (1 << 32) - 1,
        1 << 32,
        (1 << 32) + 1,
        u64::MAX - (1 << 32),
        1 << 63,
        P - (1 << 32),
    ];
    let walk = (1..40u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    edges.into_iter().chain(walk).collect()
}

fn oracle(word: u64) -> Goldilocks {
    Goldilocks::new(word)
}

fn oracle_ext([c0, c1]: Pair) -> OracleExt {
    OracleExt::new([oracle(c0), oracle(c1)])
}

fn pair(element: OracleExt) -> Pair {
    let c: &[Goldilocks] = element.as_basis_coefficients_slice();
    [c[0].as_canonical_u64(), c[1].as_canonical_u64()]
}

#[test]
fn the_extension_is_the_one_with_seven() {
    assert_eq!(<Goldilocks as BinomiallyExtendable<2>>::W, Goldilocks::new(7));
    let x = Ext::load([0, 1]);
    assert_eq!((x * x).pair(), [7, 0]);
}

#[test]
fn roots_of_unity_agree() {
    for log_order in 0..=TWO_ADICITY {
        let root = Goldilocks::two_adic_generator(log_order as usize);
        assert_eq!(Fp::root_of_unity(log_order).word(), root.as_canonical_u64());
    }
}

#[test]
fn base_arithmetic_agrees() {
    for a in words() {
        assert_eq!(Fp::new(a).word(), oracle(a).as_canonical_u64());
        assert_eq!((-Fp::new(a)).word(), (-oracle(a)).as_canonical_u64());
        assert_eq!(
            Fp::new(a).times_seven().word(),
            (oracle(a) * oracle(7)).as_canonical_u64()
        );
        for b in words() {
            let (x, y, ox, oy) = (Fp::new(a), Fp::new(b), oracle(a), oracle(b));
            assert_eq!((x + y).word(), (ox + oy).as_canonical_u64(), "{a} + {b}");
            assert_eq!((x - y).word(), (ox - oy).as_canonical_u64(), "{a} - {b}");
            assert_eq!((x * y).word(), (ox * oy).as_canonical_u64(), "{a} * {b}");
        }
    }
}

#[test]
fn extension_arithmetic_agrees() {
    let words = words();
    for (i, &a0) in words.iter().enumerate() {
        for (j, &b0) in words.iter().enumerate() {
            let (a, b) = (
                [a0, words[(i * 7 + j) % words.len()]],
                [b0, words[(j * 5 + i) % words.len()]],
            );
            let (x, y, ox, oy) = (Ext::load(a), Ext::load(b), oracle_ext(a), oracle_ext(b));
            assert_eq!((x + y).pair(), pair(ox + oy));
            assert_eq!((x - y).pair(), pair(ox - oy));
            assert_eq!((x * y).pair(), pair(ox * oy));
            assert_eq!((x * Fp::new(b0)).pair(), pair(ox * oracle(b0)));
        }
    }
}

#[test]
fn reduction_agrees_with_integers() {
    for high in words() {
        for low in words() {
            let x = u128::from(high) << 64 | u128::from(low);
            for carries in [0u64, 1, 2, 1000, (1 << 31) - 1] {
                // 2^128 = -2^32 modulo p.
                let carried = u128::from(carries) * u128::from(P - (1 << 32)) % u128::from(P);
                let expected = (x % u128::from(P) + carried) % u128::from(P);
                assert_eq!(u128::from(Fp::reduce(x, carries).word()), expected);
            }
        }
    }
}

#[test]
fn signed_integers_are_read_modulo_p() {
    for v in [0, 1, -1, 127, -128, i64::MAX, i64::MIN] {
        assert_eq!(
            i128::from(Fp::from_signed(v).word()),
            i128::from(v).rem_euclid(i128::from(P))
        );
    }
}

#[test]
fn sums_agree_with_one_product_at_a_time() {
    let words = words();
    let (mut base, mut scaled, mut sum) = (ProductSum::default(), ScaledSum::default(), ExtSum::default());
    let (mut base_expected, mut scaled_expected, mut expected) = (Fp::ZERO, Ext::ZERO, Ext::ZERO);
    for i in 0..10_000 {
        let (a, b) = (words[i % words.len()], words[i * 7 % words.len()]);
        base.add(a, b);
        base_expected += Fp::new(a) * Fp::new(b);
        scaled.add([a, b], b);
        scaled_expected += Ext::load([a, b]) * Fp::new(b);
        sum.add(Ext::load([a, b]), Ext::load([b, b]));
        expected += Ext::load([a, b]) * Ext::load([b, b]);
    }
    let (base_copy, copy) = (base, sum);
    base.merge(&base_copy);
    sum.merge(&copy);
    assert_eq!(base.finish(), base_expected.double());
    assert_eq!(scaled.finish(), scaled_expected);
    assert_eq!(sum.finish(), expected.double());
}

#[test]
fn sums_of_the_largest_products_do_not_overflow() {
    let mut sum = ProductSum::default();
    (0..1000).for_each(|_| sum.add(u64::MAX, u64::MAX));
    assert_eq!(sum.finish(), Fp::new(u64::MAX) * Fp::new(u64::MAX) * Fp::new(1000));
}
