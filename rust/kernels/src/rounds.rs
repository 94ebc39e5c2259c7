//! What a run of sumcheck makes of its claim and of what was sent.

use zkinfer_field::{Ext, Fp, P, Pair};

use crate::error::{Result, require, require_len};

/// More than any relation has factors.
pub const MAX_DEGREE: usize = 64;

/// Writes the weights of the last claim as a combination of the first claim, then of each round's values at 0, 2, ..,
/// `degree`.
///
/// `point` holds the rounds' challenges. A round's next claim is s(r), where s(1) = claim - s(0), or under an equality
/// factor with element e of `eq_point` (claim - s(0)) / e + s(0).
pub fn round_weights(point: &[Pair], degree: usize, eq_point: Option<&[Pair]>, out: &mut [Pair]) -> Result<()> {
    require((1..=MAX_DEGREE).contains(&degree), || {
        format!("degree: expected 1 to {MAX_DEGREE}, got {degree}")
    })?;
    require_len("out", out.len(), 1 + degree * point.len())?;
    if let Some(eq_point) = eq_point {
        require_len("eq_point", eq_point.len(), point.len())?;
        require(eq_point.iter().all(|e| Ext::load(*e) != Ext::ZERO), || {
            "eq_point: expected elements that are not zero".to_owned()
        })?;
    }
    let scales: Vec<Fp> = (0..=degree).map(|j| denominator(degree, j)).collect();
    let (first, values) = out.split_first_mut().expect("a claim's weight");
    let mut after = Ext::ONE;
    for (k, out) in values.chunks_exact_mut(degree).enumerate().rev() {
        let r = Ext::load(point[k]);
        let distances: Vec<Ext> = (0..=degree).map(|m| r - Ext::from(Fp::new(m as u64))).collect();
        let weight = |j: usize| {
            let others = distances.iter().enumerate().filter(|(m, _)| *m != j);
            others.fold(Ext::ONE, |product, (_, distance)| product * *distance) * scales[j]
        };
        let (at_zero, at_one) = (weight(0), weight(1));
        let (from_claim, from_zero) = match eq_point {
            None => (at_one, at_zero - at_one),
            Some(eq_point) => {
                let from_claim = at_one * inverse(Ext::load(eq_point[k]));
                (from_claim, at_zero + at_one - from_claim)
            }
        };
        out[0] = (after * from_zero).pair();
        for (j, out) in out.iter_mut().enumerate().skip(1) {
            *out = (after * weight(j + 1)).pair();
        }
        after *= from_claim;
    }
    *first = after.pair();
    Ok(())
}

/// 1 / prod over m != j of (j - m).
fn denominator(degree: usize, j: usize) -> Fp {
    let factors = (0..=degree)
        .filter(|m| *m != j)
        .map(|m| Fp::from_signed(j as i64 - m as i64));
    factors.fold(Fp::ONE, |product, factor| product * factor).power(P - 2)
}

/// The inverse (a - b X) / (a^2 - 7 b^2) of an element that is not zero.
fn inverse(x: Ext) -> Ext {
    let [a, b] = x.coefficients();
    let norm = a * a - (b * b).times_seven();
    Ext::new(a, Fp::ZERO - b) * norm.power(P - 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_evaluates_its_polynomial() {
        // s(X) = 3 + 5 X + 2 X^2: s(0) = 3, s(1) = 10, s(2) = 21, s(7) = 136; under e the claim is (1 - e) s(0) + e s(1).
        for (eq_point, claim) in [(None, 13), (Some([[4, 0]]), 31)] {
            let mut out = [[0; 2]; 3];
            round_weights(&[[7, 0]], 2, eq_point.as_ref().map(|e| &e[..]), &mut out).unwrap();
            let values = [claim, 3, 21].map(|value| Ext::from(Fp::new(value)));
            let sum: Ext = out.iter().zip(values).map(|(w, value)| Ext::load(*w) * value).sum();
            assert_eq!(sum.pair(), [136, 0]);
        }
    }

    #[test]
    fn an_inverse_times_its_element_is_one() {
        let x = Ext::load([5, 1 << 60]);
        assert_eq!(x * inverse(x), Ext::ONE);
        assert!(round_weights(&[[7, 0]], 2, Some(&[[0, 0]]), &mut [[0; 2]; 3]).is_err());
    }
}
