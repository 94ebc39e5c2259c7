//! Field elements are integers: no side of a relation reaches p/2, and declared ranges are enforced (3.9).

use crate::error::{Result, refuse};
use crate::field::P;
use crate::statement::{Axis, Contraction, Form, Role, Statement, Tensor, entries};
use std::collections::BTreeMap;

/// Integers below this in absolute value stand for themselves.
const HALF: u128 = (P / 2) as u128;

/// A table's values stay below this.
const MAX_TABLE_VALUE: u128 = 1 << 62;

/// The lookups of each column: the scale, and the span of the table's component that it is looked up in.
type LookupsOf = BTreeMap<usize, Vec<(i64, (i128, i128))>>;

/// Check every bound. The statement's indices have been checked.
///
/// # Errors
///
/// The first bound that does not hold.
pub fn check_bounds(statement: &Statement) -> Result<()> {
    for table in &statement.tables {
        for component in 0..table.width() {
            if largest(table.span(component)) >= MAX_TABLE_VALUE {
                return refuse("a table's values reach 2^62");
            }
        }
    }
    let mut lookups = LookupsOf::new();
    for lookup in &statement.lookups {
        let table = &statement.tables[lookup.table];
        for (component, &(column, scale)) in lookup.components.iter().enumerate() {
            let of_column = lookups.entry(column).or_default();
            of_column.push((scale, table.span(component)));
        }
    }
    for (index, column) in statement.columns.iter().enumerate() {
        if column.lo > column.hi {
            return refuse(format!("column {} has an empty range", column.name));
        }
        below_half(column.magnitude(), || format!("column {}", column.name))?;
        if column.role == Role::Ranged {
            check_declared(statement, &lookups, index, column.lo, column.hi)?;
        }
    }
    for input in &statement.inputs {
        check_declared(statement, &lookups, input.column, input.lo, input.hi)?;
    }
    for (k, form) in statement.affines.iter().enumerate() {
        below_half(magnitude(statement, form), || format!("affine {k}"))?;
    }
    for (k, factors) in statement.vanishes.iter().enumerate() {
        for form in factors {
            below_half(magnitude(statement, form), || format!("a factor of vanish {k}"))?;
        }
    }
    for (k, contraction) in statement.contractions.iter().enumerate() {
        below_half(magnitude(statement, &contraction.out.form), || {
            format!("the output of contraction {k}")
        })?;
        let right = magnitude(statement, &contraction.right.form);
        below_half(right, || format!("the right operand of contraction {k}"))?;
        let norm = u128::from(contraction.norm.unsigned_abs()).max(least_norm(statement, contraction));
        below_half(norm.saturating_mul(right), || format!("the sum of contraction {k}"))?;
    }
    Ok(())
}

/// A declared range holds what the lookups of its column let through.
fn check_declared(statement: &Statement, lookups: &LookupsOf, column: usize, lo: i64, hi: i64) -> Result<()> {
    let (enforced_lo, enforced_hi) = enforced_range(statement, lookups, column)?;
    if i128::from(lo) <= enforced_lo && enforced_hi <= i128::from(hi) {
        return Ok(());
    }
    let name = &statement.columns[column].name;
    refuse(format!(
        "column {name} declares {lo}..{hi}, its lookups enforce {enforced_lo}..{enforced_hi}"
    ))
}

fn below_half(size: u128, what: impl Fn() -> String) -> Result<()> {
    if size >= HALF {
        refuse(format!("{} can reach {size}, p/2 or more", what()))
    } else {
        Ok(())
    }
}

/// The largest absolute value of a form: terms that select different indices of one set of axes exclude each other;
/// where forms select along several sets, all terms count.
fn magnitude(statement: &Statement, form: &Form) -> u128 {
    let mut selections: BTreeMap<Vec<usize>, BTreeMap<Vec<u64>, u128>> = BTreeMap::new();
    for term in &form.terms {
        let (axes, indices) = term
            .axes
            .iter()
            .enumerate()
            .filter_map(|(axis, kind)| {
                if let Axis::Select(index) = kind {
                    Some((axis, index))
                } else {
                    None
                }
            })
            .unzip();
        let tensor = match term.tensor {
            Tensor::Column(k) => statement.columns[k].magnitude(),
            Tensor::Output(k) => u128::from(statement.outputs[k].bound.unsigned_abs()),
        };
        let size = u128::from(term.coefficient.unsigned_abs()).saturating_mul(tensor);
        let sum = selections.entry(axes).or_default().entry(indices).or_default();
        *sum = sum.saturating_add(size);
    }
    let common = selections
        .remove(&Vec::new())
        .and_then(|sums| sums.into_values().next())
        .unwrap_or(0);
    let sums = || selections.values().flat_map(BTreeMap::values);
    let selected = if selections.len() > 1 {
        sums().fold(0, |sum: u128, &size| sum.saturating_add(size))
    } else {
        sums().copied().max().unwrap_or(0)
    };
    u128::from(form.constant.unsigned_abs())
        .saturating_add(common)
        .saturating_add(selected)
}

/// What the verifier knows of the left operand's L1 norm. That of weights is declared: it stands and falls with the
/// weight root. Any other operand counts with its range, once for each product that an output can add up.
fn least_norm(statement: &Statement, contraction: &Contraction) -> u128 {
    let left = match &contraction.left {
        None => 1,
        Some(left) => {
            let is_weight = |tensor| matches!(tensor, Tensor::Column(k) if statement.columns[k].role == Role::Weight);
            if left.form.constant == 0 && left.form.terms.iter().all(|term| is_weight(term.tensor)) {
                return 0;
            }
            magnitude(statement, &left.form)
        }
    };
    let named: Vec<usize> = contraction
        .out
        .access
        .iter()
        .flatten()
        .flat_map(|c| c.terms.iter().map(|&(axis, _)| axis))
        .collect();
    let added: Vec<u64> = contraction
        .extents
        .iter()
        .enumerate()
        .filter(|(axis, _)| !named.contains(axis))
        .map(|(_, &n)| n)
        .collect();
    u128::from(entries(&added)).saturating_mul(left)
}

/// The larger absolute value of two ends.
fn largest((lo, hi): (i128, i128)) -> u128 {
    lo.unsigned_abs().max(hi.unsigned_abs())
}

/// The range that the lookups of a column enforce. Those of scale 1 bound the integer; another of scale s narrows it to
/// v with s v in the table's span, as long as s v cannot wrap around p.
fn enforced_range(statement: &Statement, lookups: &LookupsOf, index: usize) -> Result<(i128, i128)> {
    let name = &statement.columns[index].name;
    let of_column = || lookups.get(&index).into_iter().flatten();
    let wide = of_column()
        .filter(|(scale, _)| *scale == 1)
        .map(|(_, span)| *span)
        .reduce(|(lo, hi), (other_lo, other_hi)| (lo.max(other_lo), hi.min(other_hi)));
    let Some(wide) = wide else {
        return refuse(format!("column {name} is in no lookup of scale 1"));
    };
    let (mut lo, mut hi) = wide;
    for &(scale, (span_lo, span_hi)) in of_column() {
        let reach = largest(wide).saturating_mul(u128::from(scale.unsigned_abs()));
        below_half(reach, || format!("a lookup of column {name}"))?;
        lo = lo.max(-(-span_lo).div_euclid(i128::from(scale)));
        hi = hi.min(span_hi.div_euclid(i128::from(scale)));
    }
    Ok((lo, hi))
}
