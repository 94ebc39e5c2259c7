//! Vectors of field elements.

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use zkinfer_kernels::vector;

use crate::array::{Input, Output, Scalar, pair, run, scalar};

/// Return a + b in F, entry by entry: (n,).
#[pyfunction]
pub fn add<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let a = Input::<u64>::new("a", a, "n")?;
    let b = Input::<u64>::new("b", b, "n")?;
    let (a, b) = (a.entries()?, b.entries()?);
    let mut out = Output::zeros(py, &[a.len()]);
    let sums = out.entries()?;
    run(py, || vector::add(a, b, sums))?;
    Ok(out.array())
}

/// Return a * b in E, entry by entry: (n, 2).
#[pyfunction]
pub fn ext_mul<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let a = Input::new("a", a, "n, 2")?;
    let b = Input::new("b", b, "n, 2")?;
    let (a, b) = (a.pairs()?, b.pairs()?);
    let mut out = Output::zeros(py, &[a.len(), 2]);
    let products = out.pairs()?;
    run(py, || vector::ext_mul(a, b, products))?;
    Ok(out.array())
}

/// Return s * a in E: (n, 2).
#[pyfunction]
pub fn ext_scale<'py>(py: Python<'py>, a: &Bound<'py, PyAny>, s: Scalar) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let a = Input::new("a", a, "n, 2")?;
    let a = a.pairs()?;
    let mut out = Output::zeros(py, &[a.len(), 2]);
    let products = out.pairs()?;
    run(py, || vector::ext_scale(a, pair(s), products))?;
    Ok(out.array())
}

/// Return sum_i a[i] * b[i] in E: (n, 2) each.
#[pyfunction]
pub fn dot(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    let a = Input::new("a", a, "n, 2")?;
    let b = Input::new("b", b, "n, 2")?;
    let (a, b) = (a.pairs()?, b.pairs()?);
    Ok(scalar(run(py, || vector::dot(a, b))?))
}

/// Return sum_i a[i] * b[i], a (n,) in F and b (n, 2) in E.
#[pyfunction]
pub fn dot_base(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    let a = Input::<u64>::new("a", a, "n")?;
    let b = Input::new("b", b, "n, 2")?;
    let (a, b) = (a.entries()?, b.pairs()?);
    Ok(scalar(run(py, || vector::dot_base(a, b))?))
}
