//! Polynomials and sums of shifted tables.

use numpy::PyArrayDyn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zkinfer_kernels::correlate::Sliding;
use zkinfer_kernels::{evaluate, poly};

use crate::array::{Input, Output, refuse, run};

/// Return a polynomial's values: coeffs (d, 2), points (t,) in F, to (t, 2).
#[pyfunction]
pub fn evaluate_many<'py>(
    py: Python<'py>,
    coeffs: &Bound<'py, PyAny>,
    points: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let coeffs = Input::new("coeffs", coeffs, "d, 2")?;
    let points = Input::<u64>::new("points", points, "t")?;
    let (coeffs, points) = (coeffs.pairs()?, points.entries()?);
    let mut out = Output::zeros(py, &[points.len(), 2]);
    let values = out.pairs()?;
    run(py, || evaluate::evaluate_many(coeffs, points, values))?;
    Ok(out.array())
}

/// Return the inner product of each row of columns with coefs: (t, m) and (m, 2) to (t, 2).
#[pyfunction]
pub fn columns_combine<'py>(
    py: Python<'py>,
    columns: &Bound<'py, PyAny>,
    coefs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let columns = Input::<u64>::new("columns", columns, "t, m")?;
    let (rows, width) = (columns.shape()[0], columns.shape()[1]);
    let coefs = Input::new("coefs", coefs, &format!("{width}, 2"))?;
    let (columns, coefs) = (columns.entries()?, coefs.pairs()?);
    let mut out = Output::zeros(py, &[rows, 2]);
    let products = out.pairs()?;
    run(py, || poly::columns_combine(columns, coefs, products))?;
    Ok(out.array())
}

/// Return what each entry of a sliding window meets: x (h, w, c) in F, weights (i, j, 2) of places, to (*taps, c, 2).
#[pyfunction]
pub fn correlate<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    weights: &Bound<'py, PyAny>,
    taps: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    padding: [usize; 2],
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let x = Input::<u64>::new("x", x, "h, w, c")?;
    let weights = Input::new("weights", weights, "i, j, 2")?;
    let (input, places) = (x.shape(), weights.shape());
    let sliding = Sliding {
        input: [input[0], input[1]],
        channels: input[2],
        places: [places[0], places[1]],
        taps,
        stride,
        dilation,
        padding,
    };
    let (x, weights) = (x.entries()?, weights.pairs()?);
    sliding.sums().map_err(refuse)?;
    let mut out = Output::zeros(py, &[taps[0], taps[1], sliding.channels, 2]);
    let sums = out.pairs()?;
    run(py, || zkinfer_kernels::correlate::correlate(x, weights, sliding, sums))?;
    Ok(out.array())
}

/// Add the product of polynomials a (d, 2) over E and b (e,) over F to out, at least (d + e - 1, 2).
#[pyfunction]
pub fn multiply_add_into(
    py: Python<'_>,
    out: &Bound<'_, PyAny>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let mut out = Output::new("out", out, "k, 2")?;
    let a = Input::new("a", a, "d, 2")?;
    let b = Input::<u64>::new("b", b, "e")?;
    let (out, a, b) = (out.pairs()?, a.pairs()?, b.entries()?);
    run(py, || poly::multiply_add(out, a, b))
}

/// Return a table with weighted copies of itself added, each step further along an axis: (R, C, 2).
#[pyfunction]
pub fn spread<'py>(
    py: Python<'py>,
    table: &Bound<'py, PyAny>,
    axis: usize,
    weights: &Bound<'py, PyAny>,
    step: usize,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let table = Input::new("table", table, "R, C, 2")?;
    let weights = Input::new("weights", weights, "n, 2")?;
    if axis > 1 {
        return Err(PyValueError::new_err(format!("axis: expected axis 0 or 1, got {axis}")));
    }
    let mut shape = table.shape().to_vec();
    let (table, weights, width) = (table.pairs()?, weights.pairs()?, shape[1]);
    shape[axis] = poly::spread_size(shape[axis], shape[1 - axis], weights.len(), step).map_err(refuse)?;
    let mut out = Output::zeros(py, &shape);
    let grid = out.pairs()?;
    run(py, || match axis {
        0 => poly::spread_rows(table, width, weights, step, grid),
        _ => poly::spread_columns(table, width, weights, step, grid),
    })?;
    Ok(out.array())
}
