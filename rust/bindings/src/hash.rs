//! Hashing.

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use zkinfer_kernels::hash;

use crate::array::{Input, Output, run};

/// Return SHA-256(tag || j || salt j || row j) for each row: matrix (n, m), salts (n, 0 or 32), to (n, 32).
///
/// With positions (n,) each row's stands for its index j.
#[pyfunction]
#[pyo3(signature = (tag, matrix, salts, positions=None))]
pub fn hash_leaves<'py>(
    py: Python<'py>,
    tag: &[u8],
    matrix: &Bound<'py, PyAny>,
    salts: &Bound<'py, PyAny>,
    positions: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    let matrix = Input::<u64>::new("matrix", matrix, "n, m")?;
    let n = matrix.shape()[0];
    let salts = Input::<u8>::new("salts", salts, &format!("{n}, s"))?;
    let salt_len = salts.shape()[1];
    let (words, salts) = (matrix.entries()?, salts.entries()?);
    let positions = positions
        .map(|positions| Input::<u64>::new("positions", positions, &n.to_string()))
        .transpose()?;
    let positions = positions.as_ref().map(Input::entries).transpose()?;
    let mut out = Output::zeros(py, &[n, 32]);
    let digests = out.entries()?.as_chunks_mut().0;
    run(py, || hash::leaves(tag, words, salts, salt_len, positions, digests))?;
    Ok(out.array())
}

/// Return the root of a tree of 2^depth leaves: positions (t,), ascending, leaves (t, 32), siblings (s, 32), to (32,).
#[pyfunction]
pub fn multiproof_root<'py>(
    py: Python<'py>,
    tag: &[u8],
    depth: u32,
    positions: &Bound<'py, PyAny>,
    leaves: &Bound<'py, PyAny>,
    siblings: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    let positions = Input::<u64>::new("positions", positions, "t")?;
    let leaves = Input::<u8>::new("leaves", leaves, "t, 32")?;
    let siblings = Input::<u8>::new("siblings", siblings, "s, 32")?;
    let positions = positions.entries()?;
    let (leaves, siblings) = (leaves.entries()?.as_chunks().0, siblings.entries()?.as_chunks().0);
    let root = run(py, || hash::multiproof_root(tag, depth, positions, leaves, siblings))?;
    let mut out = Output::zeros(py, &[root.len()]);
    out.entries()?.copy_from_slice(&root);
    Ok(out.array())
}

/// Return a tree's levels, leaves first and root last: (n, 32) to (2n - 1, 32), n a power of two.
#[pyfunction]
pub fn merkle_levels<'py>(
    py: Python<'py>,
    tag: &[u8],
    leaves: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    let leaves = Input::<u8>::new("leaves", leaves, "n, 32")?;
    let leaves = leaves.entries()?.as_chunks().0;
    let mut out = Output::zeros(py, &[(2 * leaves.len()).saturating_sub(1), 32]);
    let nodes = out.entries()?.as_chunks_mut().0;
    run(py, || hash::merkle_levels(tag, leaves, nodes))?;
    Ok(out.array())
}

/// Return `blocks` blocks of 32 pseudorandom bytes, block i SHA-256(secret || draw || i): (blocks, 32).
#[pyfunction]
pub fn keystream<'py>(
    py: Python<'py>,
    secret: &[u8],
    draw: u64,
    blocks: usize,
) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    let mut out = Output::zeros(py, &[blocks, 32]);
    let stream = out.entries()?.as_chunks_mut().0;
    run(py, || {
        hash::keystream(secret, draw, stream);
        Ok(())
    })?;
    Ok(out.array())
}
