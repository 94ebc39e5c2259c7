//! Tables of multilinear polynomials and their sumcheck rounds.

use numpy::PyArrayDyn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zkinfer_kernels::{eq, eq_sums as sums, fold as folding, product, rounds, vanish};

use crate::array::{Input, Output, Scalar, axes, pair, run, scalar};

/// Return eq(point, i) for every index i: (2^n, 2).
#[pyfunction]
pub fn eq_table<'py>(py: Python<'py>, point: Vec<Scalar>) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let point: Vec<_> = point.into_iter().map(pair).collect();
    if point.len() > 40 {
        return Err(PyValueError::new_err(format!(
            "point: expected at most 40 variables, got {}",
            point.len()
        )));
    }
    let mut out = Output::zeros(py, &[1 << point.len(), 2]);
    let rows = out.pairs()?;
    run(py, || eq::eq_table(&point, rows))?;
    Ok(out.array())
}

/// Return the weights of a run of sumcheck: the claim's, then those of each round's `degree` values.
#[pyfunction]
#[pyo3(signature = (point, degree, eq_point))]
pub fn round_weights(
    py: Python<'_>,
    point: Vec<Scalar>,
    degree: usize,
    eq_point: Option<Vec<Scalar>>,
) -> PyResult<Vec<Scalar>> {
    let point: Vec<_> = point.into_iter().map(pair).collect();
    let eq_point: Option<Vec<_>> = eq_point.map(|point| point.into_iter().map(pair).collect());
    let mut out = vec![[0; 2]; 1 + degree.min(rounds::MAX_DEGREE) * point.len()];
    run(py, || {
        rounds::round_weights(&point, degree, eq_point.as_deref(), &mut out)
    })?;
    Ok(out.into_iter().map(scalar).collect())
}

/// Sum the first variable of an eq table out: (2h, 2) to (h, 2).
#[pyfunction]
pub fn halve_eq<'py>(py: Python<'py>, eq: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let eq = Input::new("eq", eq, "2h, 2")?;
    let eq = eq.pairs()?;
    let mut out = Output::zeros(py, &[eq.len() / 2, 2]);
    let rows = out.pairs()?;
    run(py, || eq::halve_eq(eq, rows))?;
    Ok(out.array())
}

/// Return sum_i eq_c[i] (T_c[i], T_c[half + i]) of tables (c, 2 h m, 2): (c, 2, 2), where
/// eq_c[i] = high[c, i / m] low[c, i mod m], high (c, h, 2) and low (c, m, 2).
#[pyfunction]
pub fn eq_sums<'py>(
    py: Python<'py>,
    tables: &Bound<'py, PyAny>,
    high: &Bound<'py, PyAny>,
    low: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let tables = Input::new("tables", tables, "c, n, 2")?;
    let count = tables.shape()[0];
    let high = Input::new("high", high, &format!("{count}, h, 2"))?;
    let low = Input::new("low", low, &format!("{count}, m, 2"))?;
    let (tables, high, low) = (tables.pairs()?, high.pairs()?, low.pairs()?);
    let mut out = Output::zeros(py, &[count, 2, 2]);
    let pairs = out.pairs()?.as_chunks_mut().0;
    run(py, || sums::eq_sums(tables, high, low, pairs))?;
    Ok(out.array())
}

/// Fold tables (c, n, 2) by r in place, to their first `half` rows; return the `eq_sums` of what is left: (c, 2, 2).
#[pyfunction]
pub fn eq_sums_next_into<'py>(
    py: Python<'py>,
    tables: &Bound<'py, PyAny>,
    r: Scalar,
    half: usize,
    high: &Bound<'py, PyAny>,
    low: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let mut tables = Output::new("tables", tables, "c, n, 2")?;
    let (count, stride) = (tables.shape()[0], tables.shape()[1]);
    let high = Input::new("high", high, &format!("{count}, h, 2"))?;
    let low = Input::new("low", low, &format!("{count}, m, 2"))?;
    let (tables, high, low) = (tables.pairs()?, high.pairs()?, low.pairs()?);
    let mut out = Output::zeros(py, &[count, 2, 2]);
    let pairs = out.pairs()?.as_chunks_mut().0;
    run(py, || {
        sums::next_eq_sums(tables, stride, pair(r), half, high, low, pairs)
    })?;
    Ok(out.array())
}

/// Fix the first variable of tables to r: (c, m, 2) over E or (c, m) over F, to (c, min(m, half), 2).
#[pyfunction]
pub fn fold<'py>(
    py: Python<'py>,
    table: &Bound<'py, PyAny>,
    r: Scalar,
    half: usize,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let over_ext = axes("table", table)? == 3;
    let table = Input::<u64>::new("table", table, if over_ext { "c, m, 2" } else { "c, m" })?;
    let (count, rows) = (table.shape()[0], table.shape()[1]);
    let mut out = Output::zeros(py, &[count, folding::folded_rows(rows, half), 2]);
    let folded = out.pairs()?;
    if over_ext {
        let table = table.pairs()?;
        run(py, || folding::fold_each(table, rows, pair(r), half, folded))?;
    } else {
        let table = table.entries()?;
        run(py, || folding::fold_each(table, rows, pair(r), half, folded))?;
    }
    Ok(out.array())
}

/// Return s(0), s(2) of a sumcheck round over a sum of products; each side (c, m, 2) over E or (c, m) over F.
#[pyfunction]
pub fn product_round(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    half: usize,
) -> PyResult<(Scalar, Scalar)> {
    let over_ext = (axes("a", a)? == 3, axes("b", b)? == 3);
    let a = Input::<u64>::new("a", a, if over_ext.0 { "c, m, 2" } else { "c, m" })?;
    let b = Input::<u64>::new("b", b, if over_ext.1 { "c, m, 2" } else { "c, m" })?;
    if a.shape()[..2] != b.shape()[..2] {
        let (a, b) = (&a.shape()[..2], &b.shape()[..2]);
        return Err(PyValueError::new_err(format!(
            "b: expected the axes (c, m) of a, {a:?}, got {b:?}"
        )));
    }
    let rows = a.shape()[1];
    let [s0, s2] = match over_ext {
        (true, true) => {
            let (a, b) = (a.pairs()?, b.pairs()?);
            run(py, || product::product_round(a, b, rows, half))?
        }
        (true, false) => {
            let (a, b) = (a.pairs()?, b.entries()?);
            run(py, || product::product_round(a, b, rows, half))?
        }
        (false, true) => {
            let (a, b) = (a.entries()?, b.pairs()?);
            run(py, || product::product_round(b, a, rows, half))?
        }
        (false, false) => {
            let (a, b) = (a.entries()?, b.entries()?);
            run(py, || product::product_round(a, b, rows, half))?
        }
    };
    Ok((scalar(s0), scalar(s2)))
}

/// Return t(0), t(2), .., t(f) of a zero-check round; f factors (f, m, 2) over E or (f, m) over F.
#[pyfunction]
pub fn vanish_round(
    py: Python<'_>,
    eq: &Bound<'_, PyAny>,
    factors: &Bound<'_, PyAny>,
    half: usize,
) -> PyResult<Vec<Scalar>> {
    let over_ext = axes("factors", factors)? == 3;
    let eq = Input::new("eq", eq, "h, 2")?;
    let factors = Input::<u64>::new("factors", factors, if over_ext { "f, m, 2" } else { "f, m" })?;
    let (eq, rows) = (eq.pairs()?, factors.shape()[1]);
    let values = if over_ext {
        let factors = factors.pairs()?;
        run(py, || vanish::vanish_round(eq, factors, rows, half))?
    } else {
        let factors = factors.entries()?;
        run(py, || vanish::vanish_round(eq, factors, rows, half))?
    };
    Ok(values.into_iter().map(scalar).collect())
}
