//! The proof's bytes (8): every size follows from the statement, but the context's and the siblings'.

use crate::bytes::Reader;
use crate::error::{Error, Result, reject};
use crate::extension::Ext;
use crate::field::Fp;
use crate::hash::Digest;
use crate::limits::MAX_CONTEXT_BYTES;
use crate::prepared::Prepared;
use crate::statement::entries;

const MAGIC: &[u8; 8] = b"ZKIPROF\0";
const VERSION: u64 = 1;
const SALT_BYTES: usize = 32;

/// Opened columns of one oracle, in the order of their positions.
#[derive(Debug)]
pub struct Columns<'a> {
    cells: &'a [u8],
    salts: &'a [u8],
    column_bytes: usize,
}

impl<'a> Columns<'a> {
    /// The bytes of the k-th column.
    #[must_use]
    pub fn bytes(&self, k: usize) -> &'a [u8] {
        self.cells
            .chunks_exact(self.column_bytes.max(1))
            .nth(k)
            .unwrap_or_default()
    }

    /// The k-th salt; empty for W.
    #[must_use]
    pub fn salt(&self, k: usize) -> &'a [u8] {
        self.salts.chunks_exact(SALT_BYTES).nth(k).unwrap_or_default()
    }

    /// The k-th column.
    ///
    /// # Errors
    ///
    /// A cell is not canonical.
    pub fn cells(&self, k: usize) -> Result<Vec<Fp>> {
        Reader::new(self.bytes(k))
            .base(self.column_bytes / 8)
            .ok_or_else(not_canonical)
    }
}

/// A proof, its parts in wire order.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Proof<'a> {
    pub context: &'a [u8],
    /// Each output's integers, row-major.
    pub outputs: Vec<Vec<i64>>,
    pub witness_root: Digest,
    pub pads_root: Digest,
    /// Sigma last.
    pub scalars: Vec<Ext>,
    pub y: Vec<Ext>,
    pub reveals: Vec<Ext>,
    pub proximity: Vec<Ext>,
    pub linear: Vec<Ext>,
    pub weights: Columns<'a>,
    pub witness: Columns<'a>,
    pub pads: Columns<'a>,
    /// The siblings of W, of A, of Q: the positions say how many.
    pub siblings: Reader<'a>,
}

fn ends_early() -> Error {
    Error::Proof("it ends early".into())
}

fn not_canonical() -> Error {
    Error::Proof("it ends early, or an element is not canonical".into())
}

impl<'a> Proof<'a> {
    /// Read a proof of a statement.
    ///
    /// # Errors
    ///
    /// `Error::Proof` if the bytes are not the encoding of one.
    pub fn from_bytes(prepared: &Prepared, data: &'a [u8]) -> Result<Self> {
        let statement = &prepared.statement;
        let mut reader = Reader::new(data);
        if reader.array() != Some(*MAGIC) || reader.u64() != Some(VERSION) {
            return reject("it does not begin as a proof of version 1 does");
        }
        if reader.array() != Some(statement.digest) {
            return reject("it is of another statement");
        }
        let length = reader
            .u64()
            .and_then(|length| usize::try_from(length).ok())
            .ok_or_else(ends_early)?;
        if length > MAX_CONTEXT_BYTES {
            return reject("its context is too long");
        }
        let context = reader.take(length).ok_or_else(ends_early)?;
        let outputs = statement
            .outputs
            .iter()
            .map(|output| {
                let count = usize::try_from(entries(&output.dims)).map_err(|_| ends_early())?;
                let data = reader
                    .take(count.checked_mul(8).ok_or_else(ends_early)?)
                    .ok_or_else(ends_early)?;
                let (words, _) = data.as_chunks::<8>();
                let integers: Vec<i64> = words.iter().map(|word| i64::from_le_bytes(*word)).collect();
                if integers.iter().any(|v| v.unsigned_abs() > output.bound.unsigned_abs()) {
                    return reject(format!("output {} is beyond its bound", output.name));
                }
                Ok(integers)
            })
            .collect::<Result<Vec<_>>>()?;

        let (t, row) = (prepared.queries, 1_usize << statement.row_vars);
        let pad_row = 1_usize << prepared.profile.pad_row_vars;
        let weight_rows = statement.weight_rows as usize;
        let witness_rows = statement.witness_rows as usize + 2;
        let pad_rows = prepared.pad_rows + 6;
        Ok(Self {
            context,
            outputs,
            witness_root: reader.array().ok_or_else(ends_early)?,
            pads_root: reader.array().ok_or_else(ends_early)?,
            scalars: reader.ext(prepared.scalars).ok_or_else(not_canonical)?,
            y: reader.ext(row + t).ok_or_else(not_canonical)?,
            reveals: reader.ext(prepared.products).ok_or_else(not_canonical)?,
            proximity: reader.ext(pad_row + t).ok_or_else(not_canonical)?,
            linear: reader.ext(2 * pad_row + t).ok_or_else(not_canonical)?,
            weights: columns(&mut reader, t, weight_rows, 0)?,
            witness: columns(&mut reader, t, witness_rows, SALT_BYTES)?,
            pads: columns(&mut reader, t, pad_rows, SALT_BYTES)?,
            siblings: reader,
        })
    }
}

fn columns<'a>(reader: &mut Reader<'a>, t: usize, rows: usize, salt_bytes: usize) -> Result<Columns<'a>> {
    let column_bytes = rows.saturating_mul(8);
    let cells = reader.take(t.saturating_mul(column_bytes)).ok_or_else(ends_early)?;
    let salts = reader.take(t * salt_bytes).ok_or_else(ends_early)?;
    Ok(Columns {
        cells,
        salts,
        column_bytes,
    })
}
