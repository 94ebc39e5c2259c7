//! The LogUp-GKR tree.

use numpy::PyArrayDyn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zkinfer_kernels::{fold, layer, logup};

use crate::array::{Input, Output, Scalar, pair, run, scalar};

/// Write the leaves into out (n, 2, 2): numerator over alpha - id - sum_k coefs[k] * columns[k].
#[pyfunction]
pub fn logup_leaves_into(
    py: Python<'_>,
    numerators: &Bound<'_, PyAny>,
    ids: &Bound<'_, PyAny>,
    columns: &Bound<'_, PyAny>,
    alpha: Scalar,
    coefs: Vec<Scalar>,
    out: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let numerators = Input::<u64>::new("numerators", numerators, "n")?;
    let ids = Input::<u64>::new("ids", ids, "n")?;
    let columns = Input::<u64>::new("columns", columns, "k, n")?;
    let n = numerators.shape()[0];
    if columns.shape() != [coefs.len(), n] {
        return Err(PyValueError::new_err(format!(
            "columns: expected shape ({}, {n}) from coefs and numerators, got {:?}",
            coefs.len(),
            columns.shape()
        )));
    }
    let coefs: Vec<_> = coefs.into_iter().map(pair).collect();
    let (numerators, ids, columns) = (numerators.entries()?, ids.entries()?, columns.entries()?);
    let mut out = Output::<u64>::new("out", out, &format!("{n}, 2, 2"))?;
    let leaves = out.pairs()?.as_chunks_mut().0;
    run(py, || {
        logup::leaves(numerators, ids, columns, pair(alpha), &coefs, leaves)
    })
}

/// Return the sums of neighbouring fractions, in `out` if one is given: (m, 2, 2) to (ceil(m / 2), 2, 2).
#[pyfunction]
#[pyo3(signature = (nodes, out=None))]
pub fn logup_parents<'py>(
    py: Python<'py>,
    nodes: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let nodes = Input::new("nodes", nodes, "m, 2, 2")?;
    let fractions = nodes.pairs()?.as_chunks().0;
    let mut out = Output::given_or_zeros(py, "out", out, &[fractions.len().div_ceil(2), 2, 2])?;
    let parents = out.pairs()?.as_chunks_mut().0;
    run(py, || logup::parents(fractions, parents))?;
    Ok(out.array())
}

/// Return t(0), t(2) of a round of the layer's sumcheck; missing rows are (0, 1, 0, 1).
#[pyfunction]
pub fn logup_round(
    py: Python<'_>,
    eq: &Bound<'_, PyAny>,
    pairs: &Bound<'_, PyAny>,
    half: usize,
    lam: Scalar,
) -> PyResult<(Scalar, Scalar)> {
    let eq = Input::new("eq", eq, "h, 2")?;
    let pairs = Input::new("pairs", pairs, "m, 4, 2")?;
    let (eq, rows) = (eq.pairs()?, pairs.pairs()?.as_chunks().0);
    let [t0, t2] = run(py, || layer::round(eq, rows, half, pair(lam)))?;
    Ok((scalar(t0), scalar(t2)))
}

/// Fold pairs by r and halve eq, both in place; return t(0), t(2) of the round after. half even.
#[pyfunction]
pub fn logup_next_round_into(
    py: Python<'_>,
    eq: &Bound<'_, PyAny>,
    pairs: &Bound<'_, PyAny>,
    r: Scalar,
    half: usize,
    lam: Scalar,
) -> PyResult<(Scalar, Scalar)> {
    let mut eq = Output::new("eq", eq, "h, 2")?;
    let mut pairs = Output::new("pairs", pairs, "m, 4, 2")?;
    let (eq, rows) = (eq.pairs()?, pairs.pairs()?.as_chunks_mut().0);
    let [t0, t2] = run(py, || layer::next_round(eq, rows, pair(r), half, pair(lam)))?;
    Ok((scalar(t0), scalar(t2)))
}

/// Fix the first variable of a table of nodes to r, in `out` if one is given: (m, 4, 2), missing rows (0, 1, 0, 1).
#[pyfunction]
#[pyo3(signature = (nodes, r, half, out=None))]
pub fn fold_nodes<'py>(
    py: Python<'py>,
    nodes: &Bound<'py, PyAny>,
    r: Scalar,
    half: usize,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyArrayDyn<u64>>> {
    let nodes = Input::new("nodes", nodes, "m, 4, 2")?;
    let rows = nodes.pairs()?.as_chunks().0;
    let mut out = Output::given_or_zeros(py, "out", out, &[fold::folded_rows(rows.len(), half), 4, 2])?;
    let folded = out.pairs()?.as_chunks_mut().0;
    run(py, || fold::fold_nodes(rows, pair(r), half, folded))?;
    Ok(out.array())
}
