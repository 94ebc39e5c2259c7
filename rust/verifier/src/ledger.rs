//! The number of opened positions: the least t for which the exact sum of all error terms is under 2^-100 (4.1).

use crate::error::{Result, refuse};
use crate::field::P;
use crate::natural::Natural;
use crate::profile::Profile;

/// The bits that a profile with computed t promises.
const BITS: u128 = 100;

/// Where the search for t ends.
const MAX_QUERIES: u64 = 1024;

/// What the error terms of a statement depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Counts {
    pub row_vars: u32,
    /// vars(leaf rows)
    pub leaf_vars: u32,
    /// The components of the widest table.
    pub tuple_width: u32,
    /// vars(rows of W)
    pub weight_vars: u32,
    /// vars(rows of A)
    pub witness_vars: u32,
    /// The sum of the degrees of all sumcheck rounds.
    pub round_degrees: u64,
    /// The variables of all points of vanish relations, contractions and affine relations.
    pub point_vars: u64,
    pub padding_groups: u64,
    pub constraints: u64,
}

impl Counts {
    /// The terms that are a number over |E| - 1, added up.
    #[must_use]
    pub fn over_field(&self, profile: &Profile) -> u128 {
        let wide = |n: u32| u128::from(n);
        let leaves = self.leaf_vars + self.row_vars;
        let folds = self.leaf_vars + (self.tuple_width - 1) + self.weight_vars + 2;
        let gap = wide(folds) << (self.row_vars + profile.log_inv_rate);
        let pad_gap = 1 << profile.pad_log_length();
        let lookups = wide(self.tuple_width) << leaves;
        let layers = 3 * wide(leaves);
        let folding = 2 * wide(self.row_vars) + 2;
        let padding = u128::from(self.padding_groups) * wide(self.witness_vars + self.row_vars);
        let opening_and_products = 2;
        gap + pad_gap
            + lookups
            + layers
            + u128::from(self.round_degrees)
            + u128::from(self.point_vars)
            + folding
            + padding
            + u128::from(self.constraints)
            + opening_and_products
    }
}

/// t for a statement.
///
/// # Errors
///
/// No t suffices.
pub fn queries(profile: &Profile, counts: &Counts) -> Result<u64> {
    if let Some(fixed) = profile.fixed_queries {
        return Ok(fixed);
    }
    let over_field = counts.over_field(profile);
    let hopeless = || refuse("its error terms cannot be brought under 2^-100");
    // The terms over |E| - 1 do not depend on t: 2^100 of them are under it, or no t will do.
    if over_field > (u128::from(P) * u128::from(P) - 1) >> BITS {
        return hopeless();
    }
    (1..=MAX_QUERIES)
        .find(|&t| suffices(profile, counts.row_vars, over_field, t))
        .map_or_else(hopeless, Ok)
}

/// Whether, in exact numbers,
///
/// ```text
/// C((n + K + t) / 2, t) / C(n, t) + (C((n' + K' + t) / 2, t) + C(2 K' + t - 1, t)) / C(n', t) + over_field / (|E| - 1) < 2^-100
/// ```
///
/// with both sides multiplied by all denominators. C(a, t) / C(n, t) is a quotient of falling factorials.
fn suffices(profile: &Profile, row_vars: u32, over_field: u128, t: u64) -> bool {
    let (row, pad_row) = (1_u64 << row_vars, 1_u64 << profile.pad_row_vars);
    let (n, pad_n) = (row << profile.log_inv_rate, 1_u64 << profile.pad_log_length());
    let falling = |a: u64| {
        (0..t).fold(Natural::from(1), |out, i| {
            out.times(&Natural::from(u128::from(a.saturating_sub(i))))
        })
    };
    let (all, pad_all) = (falling(n), falling(pad_n));
    let field = Natural::from(u128::from(P) * u128::from(P) - 1);
    let queries = falling((n + row + t) / 2);
    let pad_queries = falling((pad_n + pad_row + t) / 2).plus(&falling(2 * pad_row + t - 1));
    let sum = Natural::product(&[&queries, &pad_all, &field])
        .plus(&Natural::product(&[&pad_queries, &all, &field]))
        .plus(&Natural::product(&[&Natural::from(over_field), &all, &pad_all]));
    Natural::from(1 << BITS).times(&sum) < Natural::product(&[&all, &pad_all, &field])
}

#[cfg(test)]
mod tests {
    use super::{Counts, queries};
    use crate::profile::Profile;

    /// The reference network's numbers, from docs/security.md.
    const REFERENCE: Counts = Counts {
        row_vars: 15,
        leaf_vars: 5,
        tuple_width: 1,
        weight_vars: 9,
        witness_vars: 5,
        round_degrees: 723,
        point_vars: 89,
        padding_groups: 9,
        constraints: 183,
    };

    #[test]
    fn t_of_the_reference_network() {
        for (name, expected) in [("standard", 148), ("small", 121)] {
            let profile = Profile::named(name, 15, false).map(|profile| queries(&profile, &REFERENCE));
            assert_eq!(profile, Ok(Ok(expected)));
        }
    }

    #[test]
    fn refuses_a_statement_when_no_t_suffices() {
        let hopeless = Counts {
            leaf_vars: 16,
            constraints: 1 << 30,
            ..REFERENCE
        };
        assert!(Profile::named("standard", 15, false).is_ok_and(|profile| queries(&profile, &hopeless).is_err()));
    }
}
