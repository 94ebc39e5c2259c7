//! One round of a zero-check: eq times a product of several factors.

use zkinfer_field::{Ext, Pair, Stored, Value};

use crate::error::{Result, require, require_half, require_len};
use crate::parallel::{GRAIN, reduce_over};

/// Returns t(0), t(2), .., t(f) of t(x) = sum_i eq[i] prod_k ((1 - x) F_k[i] + x F_k[half + i]), for f factors.
///
/// `factors` holds f tables of `rows` stored rows; missing rows are zero. One factor gives t(0) alone.
pub fn vanish_round<T: Stored>(eq: &[Pair], factors: &[T], rows: usize, half: usize) -> Result<Vec<Pair>> {
    require_half(rows, half)?;
    require(rows > 0, || "factors: expected at least one row, got none".to_owned())?;
    require(eq.len() >= half, || {
        format!("eq: expected at least half = {half} rows, got {}", eq.len())
    })?;
    let tables: Vec<&[T]> = factors.chunks(rows).collect();
    require(!tables.is_empty(), || {
        "factors: expected at least one, got none".to_owned()
    })?;
    require_len("factors", factors.len(), tables.len() * rows)?;
    let sums = reduce_over(
        rows.min(half),
        GRAIN / 2,
        |range| {
            let mut sums = vec![Ext::ZERO; tables.len()];
            // The factors on the line x = 2, 3, ..: value and slope.
            let mut lines = vec![(T::Value::ZERO, T::Value::ZERO); tables.len()];
            for i in range {
                let eq = Ext::load(eq[i]);
                let mut at_zero = T::Value::ONE;
                for (line, table) in lines.iter_mut().zip(&tables) {
                    let zero = table[i].load();
                    let one = table.get(half + i).map_or(T::Value::ZERO, |row| row.load());
                    at_zero *= zero;
                    *line = (one, one - zero);
                }
                sums[0] += at_zero.scale(eq);
                for sum in &mut sums[1..] {
                    let mut product = T::Value::ONE;
                    for (value, slope) in &mut lines {
                        *value += *slope;
                        product *= *value;
                    }
                    *sum += product.scale(eq);
                }
            }
            sums
        },
        |mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        },
    );
    Ok(sums.into_iter().map(Ext::pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_factors_on_one_line() {
        // (1 + x)(2 + x)(3 + x), and eq = 10: 60 at 0, 600 at 2, 1200 at 3.
        let result = vanish_round(&[[10, 0]], &[1u64, 2, 2, 3, 3, 4], 2, 1);
        assert_eq!(result, Ok(vec![[60, 0], [600, 0], [1200, 0]]));
    }

    #[test]
    fn one_factor_gives_the_value_at_zero_alone() {
        assert_eq!(vanish_round(&[[10, 0]], &[[1u64, 1], [2, 2]], 2, 1), Ok(vec![[10, 10]]));
    }
}
