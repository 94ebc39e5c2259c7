//! The second verifier's fields on every pair of edge values, against integers modulo p.

use zkinfer_verifier_rs::extension::Ext;
use zkinfer_verifier_rs::field::{Fp, P, code_point};

const EDGES: [u64; 10] = [
    0,
    1,
    7,
    P - 1,
    P - 2,
    (1 << 32) - 1,
    1 << 32,
    P - (1 << 32),
    1 << 63,
    P / 2,
];

fn fp(value: u64) -> Fp {
    Fp::canonical(value).unwrap()
}

fn modulo(value: u128) -> u64 {
    (value % u128::from(P)) as u64
}

fn product(a: u64, b: u64) -> u64 {
    modulo(u128::from(a) * u128::from(b))
}

fn sum(a: u64, b: u64) -> u64 {
    modulo(u128::from(a) + u128::from(b))
}

fn difference(a: u64, b: u64) -> u64 {
    modulo(u128::from(a) + u128::from(P - b))
}

fn pair(element: Ext) -> (u64, u64) {
    (element.a.value(), element.b.value())
}

#[test]
fn words_from_p_on_are_refused_or_reduced() {
    for word in [P, P + 1, u64::MAX] {
        assert_eq!(Fp::canonical(word), None);
        assert_eq!(Fp::from_u64(word).value(), word - P);
    }
    for value in [0, 1, -1, i64::MAX, i64::MIN] {
        let expected = i128::from(value).rem_euclid(i128::from(P));
        assert_eq!(i128::from(Fp::from_i64(value).value()), expected);
    }
}

#[test]
fn base_arithmetic() {
    for a in EDGES {
        let x = fp(a);
        assert_eq!((-x).value(), difference(0, a));
        assert_eq!((x * x.inverse()).value(), u64::from(a != 0));
        for b in EDGES {
            let y = fp(b);
            assert_eq!((x + y).value(), sum(a, b), "{a} + {b}");
            assert_eq!((x - y).value(), difference(a, b), "{a} - {b}");
            assert_eq!((x * y).value(), product(a, b), "{a} * {b}");
        }
        let mut power = 1;
        for exponent in 0..70 {
            assert_eq!(x.pow(exponent).value(), power, "{a} ^ {exponent}");
            power = product(power, a);
        }
        assert_eq!((x.pow(P - 1)).value(), u64::from(a != 0));
        assert_eq!(x.pow(P), x);
    }
}

#[test]
fn extension_arithmetic() {
    let elements: Vec<Ext> = EDGES
        .iter()
        .flat_map(|a| EDGES.map(|b| Ext::new(fp(*a), fp(b))))
        .collect();
    for &x in &elements {
        let (a, b) = pair(x);
        assert_eq!(pair(-x), (difference(0, a), difference(0, b)));
        assert_eq!(x.times_x(), x * Ext::new(Fp::ZERO, Fp::ONE));
        assert_eq!(x * x.inverse(), if x == Ext::ZERO { Ext::ZERO } else { Ext::ONE });
        for &y in &elements {
            let (c, d) = pair(y);
            assert_eq!(pair(x + y), (sum(a, c), sum(b, d)));
            assert_eq!(pair(x - y), (difference(a, c), difference(b, d)));
            let constant = sum(product(a, c), product(7, product(b, d)));
            assert_eq!(pair(x * y), (constant, sum(product(a, d), product(b, c))));
            assert_eq!(x.scale(y.a), x * y.a.into());
        }
    }
}

#[test]
fn code_points_are_a_coset_of_their_order() {
    for log_length in [0, 1, 4, 32] {
        let order = 1 << log_length;
        assert_eq!(code_point(log_length, 0).value(), 7);
        let root = code_point(log_length, 1) * fp(7).inverse();
        assert_eq!(root.pow(order), Fp::ONE);
        assert!(order == 1 || root.pow(order / 2) == -Fp::ONE, "the root is primitive");
        assert_eq!(code_point(log_length, order - 1), fp(7) * root.inverse());
    }
}
