//! Lists of numbers in a text.

use numpy::PyArray1;
use pyo3::prelude::*;
use zkinfer_kernels::numbers;

use crate::array::run;

/// A list's first byte, the byte after its last one, and its numbers.
type NumberList<'py> = (usize, usize, Bound<'py, PyArray1<f64>>);

/// Return (start, end, numbers) of each list in a JSON text that holds at least `least` numbers and nothing else.
#[pyfunction]
pub fn number_lists<'py>(py: Python<'py>, text: &[u8], least: usize) -> PyResult<Vec<NumberList<'py>>> {
    let found = run(py, || Ok(numbers::number_lists(text, least)))?;
    Ok(found
        .into_iter()
        .map(|list| (list.start, list.end, PyArray1::from_vec(py, list.numbers)))
        .collect())
}
