//! Reed-Solomon rows.

use pyo3::prelude::*;
use zkinfer_kernels::encode;

use crate::array::{Input, Output, run};

/// Write out[j, first + i] = f_i(7 w_n^j), f_i(X) = sum_k rows[i, k] X^k: rows (m, L), out (n, M).
#[pyfunction]
pub fn encode_rows_into(py: Python<'_>, rows: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, first: usize) -> PyResult<()> {
    let rows = Input::<u64>::new("rows", rows, "m, L")?;
    let mut out = Output::<u64>::new("out", out, "n, M")?;
    let (length, width) = (rows.shape()[1], out.shape()[1]);
    let (rows, out) = (rows.entries()?, out.entries()?);
    run(py, || encode::encode_rows(rows, length, out, width, first))
}
