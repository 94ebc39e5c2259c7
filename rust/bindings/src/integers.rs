//! Matrices of machine integers.

use numpy::{Element, PyArrayDyn};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zkinfer_kernels::convolve::Window;
use zkinfer_kernels::{combine, vector};

use crate::array::{Input, Output, run};

/// Calls a function for the first element type whose array `object` is; refuses any other.
macro_rules! by_type {
    ($name:literal, $object:ident, [$($element:ty),*], $call:expr) => {
        $(if $object.cast::<PyArrayDyn<$element>>().is_ok() {
            $call(Input::<$element>::new($name, $object, "m, k")?)
        } else)* {
            let types = [$(stringify!($element)),*].join(", ");
            let actual = $object.getattr("dtype").map_or_else(|_| $object.get_type().to_string(), |t| t.to_string());
            Err(PyValueError::new_err(format!("{}: expected an array of {types}, got {actual}", $name)))
        }
    };
}

/// Return sum_m coefs[m] * rows[m]: rows (m, K) of signed integers or canonical uint64, coefs (m, 2), to (K, 2).
#[pyfunction]
pub fn combine_rows<'py>(
    py: Python<'py>,
    rows: &Bound<'py, PyAny>,
    coefs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    fn typed<'py, T: Element + combine::Entry>(
        py: Python<'py>,
        rows: Input<'py, T>,
        coefs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
        let coefs = Input::new("coefs", coefs, &format!("{}, 2", rows.shape()[0]))?;
        let width = rows.shape()[1];
        let (rows, coefs) = (rows.entries()?, coefs.pairs()?);
        let mut out = Output::zeros(py, &[width, 2]);
        let sum = out.pairs()?;
        run(py, || combine::combine_rows(rows, coefs, sum))?;
        Ok(out.array())
    }
    by_type!("rows", rows, [i8, i16, i32, i64, u64], |rows| typed(py, rows, coefs))
}

/// Write sum_m coefs[m] * rows[m] into out (K, 2): rows (m, K) of canonical uint64, coefs (m, 2).
#[pyfunction]
pub fn combine_rows_into(
    py: Python<'_>,
    rows: &Bound<'_, PyAny>,
    coefs: &Bound<'_, PyAny>,
    out: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let rows = Input::<u64>::new("rows", rows, "m, k")?;
    let (count, width) = (rows.shape()[0], rows.shape()[1]);
    let coefs = Input::new("coefs", coefs, &format!("{count}, 2"))?;
    let mut out = Output::new("out", out, &format!("{width}, 2"))?;
    let (rows, coefs, sum) = (rows.entries()?, coefs.pairs()?, out.pairs()?);
    run(py, || combine::combine_rows(rows, coefs, sum))
}

/// Return weights @ x in int64, wrapping: weights (o, k) of signed integers, x (k,) of int64.
#[pyfunction]
pub fn matvec<'py>(
    py: Python<'py>,
    weights: &Bound<'py, PyAny>,
    x: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
    fn typed<'py, T: Element + Copy + Into<i64> + Sync>(
        py: Python<'py>,
        weights: Input<'py, T>,
        x: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
        let x = Input::<i64>::new("x", x, &weights.shape()[1].to_string())?;
        let rows = weights.shape()[0];
        let (weights, x) = (weights.entries()?, x.entries()?);
        let mut out = Output::zeros(py, &[rows]);
        let sums = out.entries()?;
        run(py, || vector::matvec(weights, x, sums))?;
        Ok(out.array())
    }
    by_type!("weights", weights, [i8, i16, i32, i64], |weights| typed(py, weights, x))
}

/// Return the convolution of int32 integers, wrapping in 32 bits: x (H, W, C), kernel (out, kh, kw, C), to (H', W', out).
#[pyfunction]
pub fn convolve<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
    stride: [usize; 2],
    dilation: [usize; 2],
) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
    let x = Input::<i32>::new("x", x, "h, w, c")?;
    let [height, width, channels] = x.shape()[..] else {
        unreachable!("three axes were checked")
    };
    let kernel = Input::<i32>::new("kernel", kernel, &format!("o, a, b, {channels}"))?;
    let &[outputs, rows, columns, _] = kernel.shape() else {
        unreachable!("four axes were checked")
    };
    let window = Window {
        input: [height, width],
        kernel: [rows, columns],
        channels: [channels, outputs],
        stride,
        dilation,
    };
    let [rows, columns] = window.output().unwrap_or_default();
    let mut out = Output::zeros(py, &[rows, columns, outputs]);
    let (x, kernel, sums) = (x.entries()?, kernel.entries()?, out.entries()?);
    run(py, || zkinfer_kernels::convolve::convolve(x, kernel, window, sums))?;
    Ok(out.array())
}

/// Add one to counts[scale * value - first] for each of int64 values (n,); counts (m,) of int64.
#[pyfunction]
pub fn count_into(
    py: Python<'_>,
    values: &Bound<'_, PyAny>,
    scale: i64,
    first: i64,
    counts: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let values = Input::<i64>::new("values", values, "n")?;
    let mut counts = Output::<i64>::new("counts", counts, "m")?;
    let (values, counts) = (values.entries()?, counts.entries()?);
    run(py, || vector::count(values, scale, first, counts))
}

/// Return int64 integers (n,) modulo p as canonical uint64.
#[pyfunction]
pub fn to_field<'py>(py: Python<'py>, ints: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let integers = Input::<i64>::new("ints", ints, "n")?;
    let integers = integers.entries()?;
    let mut out = Output::zeros(py, &[integers.len()]);
    let elements = out.entries()?;
    run(py, || vector::to_field(integers, elements))?;
    Ok(out.array())
}
