//! The statement's bytes (3.1): one encoding, read within bounds.

use crate::bytes::Reader;
use crate::error::{Error, Result, refuse};
use crate::hash::{sha256, tag};
use crate::limits::{MAX_AXES, MAX_CELLS, MAX_STATEMENT_BYTES};
use crate::multilinear::vars;
use crate::statement::{
    Access, Axis, Column, Contraction, Coordinate, Form, Input, Lookup, Operand, Oracle, Output, Role, Run, Statement,
    Table, Tensor, Term,
};

const MAGIC: &[u8; 8] = b"ZKISTMT\0";
const VERSION: u64 = 1;

impl Statement {
    /// Read a statement. Its parts are of the right kind and size afterwards; whether they fit together is
    /// for `wellformed`.
    ///
    /// # Errors
    ///
    /// `Error::Statement` if the bytes are not the encoding of a statement.
    pub fn from_bytes(data: &[u8]) -> Result<Self> {
        if data.len() > MAX_STATEMENT_BYTES {
            return refuse("it is too long");
        }
        let mut reader = Reader::new(data);
        if reader.array() != Some(*MAGIC) || reader.u64() != Some(VERSION) {
            return refuse("it does not begin as a statement of version 1 does");
        }
        let digest = sha256(&[
            &tag("stmt"),
            &VERSION.to_le_bytes(),
            reader.clone().take(reader.left()).unwrap_or(&[]),
        ]);
        let mut body = Body { reader };
        let statement = Self {
            profile: body.text()?,
            model_id: body.digest()?,
            row_vars: u32::try_from(body.count()?).or_else(|_| refuse("a row is too long"))?,
            weight_root: body.digest()?,
            weight_rows: body.count()?,
            witness_rows: body.count()?,
            columns: body.list(Body::column)?,
            tables: body.list(Body::table)?,
            lookups: body.list(Body::lookup)?,
            vanishes: body.list(|body| body.list(Body::form))?,
            contractions: body.list(Body::contraction)?,
            affines: body.list(Body::form)?,
            inputs: body.list(Body::input)?,
            outputs: body.list(Body::output)?,
            digest,
        };
        if body.reader.left() > 0 {
            return refuse("bytes follow it");
        }
        Ok(statement)
    }
}

/// The part after the version.
struct Body<'a> {
    reader: Reader<'a>,
}

fn ended() -> Error {
    Error::Statement("it ends early".into())
}

impl Body<'_> {
    fn int(&mut self) -> Result<i64> {
        self.reader.i64().ok_or_else(ended)
    }

    /// An integer that counts or indexes: not negative.
    fn count(&mut self) -> Result<u64> {
        u64::try_from(self.int()?).or_else(|_| refuse("a count or an index is negative"))
    }

    fn index(&mut self) -> Result<usize> {
        usize::try_from(self.count()?).or_else(|_| refuse("an index is too large"))
    }

    fn digest(&mut self) -> Result<[u8; 32]> {
        if self.reader.u64() != Some(32) {
            return refuse("a digest does not have 32 bytes");
        }
        self.reader.array().ok_or_else(ended)
    }

    fn text(&mut self) -> Result<String> {
        let length = usize::try_from(self.reader.u64().ok_or_else(ended)?).map_err(|_| ended())?;
        let data = self.reader.take(length).ok_or_else(ended)?;
        String::from_utf8(data.to_vec()).or_else(|_| refuse("a text is not UTF-8"))
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.reader.u64().ok_or_else(ended)?;
        // Every item takes at least eight bytes.
        if count > self.reader.left() as u64 / 8 {
            return Err(ended());
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn optional<T>(&mut self, item: impl Fn(&mut Self) -> Result<T>) -> Result<Option<T>> {
        match self.reader.array().ok_or_else(ended)? {
            [0] => Ok(None),
            [1] => Ok(Some(item(self)?)),
            _ => refuse("an optional value is neither absent nor present"),
        }
    }

    /// The extents of a tensor: one to eight axes, none empty, and not too many entries when padded.
    fn dims(&mut self) -> Result<Vec<u64>> {
        let dims = self.list(Self::count)?;
        let padded = dims.iter().try_fold(1_u64, |size, &dim| {
            let fits = (1..=MAX_CELLS).contains(&dim);
            size.checked_mul(if fits { 1 << vars(dim) } else { return None })
                .filter(|&size| size <= MAX_CELLS)
        });
        if !(1..=MAX_AXES).contains(&dims.len()) || padded.is_none() {
            return refuse("a tensor has no axes, too many, an empty one, or too many entries");
        }
        Ok(dims)
    }

    fn column(&mut self) -> Result<Column> {
        Ok(Column {
            name: self.text()?,
            oracle: match self.int()? {
                0 => Oracle::Weights,
                1 => Oracle::Witness,
                _ => return refuse("a column lies in no oracle"),
            },
            role: match self.int()? {
                0 => Role::Weight,
                1 => Role::Ranged,
                2 => Role::Multiplicity,
                _ => return refuse("a column has no role"),
            },
            dims: self.dims()?,
            row: self.count()?,
            offset: self.count()?,
            lo: self.int()?,
            hi: self.int()?,
        })
    }

    fn table(&mut self) -> Result<Table> {
        Ok(Table {
            lo: self.int()?,
            size: self.count()?,
            multiplicities: self.index()?,
            image: self.list(Self::run)?,
        })
    }

    fn run(&mut self) -> Result<Run> {
        Ok(Run {
            count: self.count()?,
            first: self.int()?,
            step: self.int()?,
        })
    }

    fn lookup(&mut self) -> Result<Lookup> {
        Ok(Lookup {
            table: self.index()?,
            components: self.list(|body| Ok((body.index()?, body.int()?)))?,
        })
    }

    fn form(&mut self) -> Result<Form> {
        Ok(Form {
            dims: self.dims()?,
            terms: self.list(Self::term)?,
            constant: self.int()?,
        })
    }

    fn term(&mut self) -> Result<Term> {
        Ok(Term {
            coefficient: self.int()?,
            tensor: {
                let column = self.int()?;
                // -1 - k is output k; ! is -1 - column.
                let (index, is_output) = if column < 0 { (!column, true) } else { (column, false) };
                let index = usize::try_from(index).or_else(|_| refuse("an index is too large"))?;
                if is_output {
                    Tensor::Output(index)
                } else {
                    Tensor::Column(index)
                }
            },
            axes: self.list(|body| match body.int()? {
                -1 => Ok(Axis::Along),
                -2 => Ok(Axis::Broadcast),
                v => u64::try_from(v)
                    .map(Axis::Select)
                    .or_else(|_| refuse("a term has an axis of no kind")),
            })?,
        })
    }

    fn access(&mut self) -> Result<Access> {
        self.list(|body| {
            body.list(|body| {
                Ok(Coordinate {
                    extent: body.count()?,
                    terms: body.list(|body| Ok((body.index()?, body.int()?)))?,
                    offset: body.int()?,
                })
            })
        })
    }

    fn contraction(&mut self) -> Result<Contraction> {
        let extents = self.list(Self::count)?;
        let out = Operand {
            form: self.form()?,
            access: self.access()?,
        };
        let left_form = self.optional(Self::form)?;
        let left_access = self.access()?;
        let right = Operand {
            form: self.form()?,
            access: self.access()?,
        };
        let left = match left_form {
            Some(form) => Some(Operand {
                form,
                access: left_access,
            }),
            None if left_access.is_empty() => None,
            None => return refuse("an access without its operand"),
        };
        Ok(Contraction {
            extents,
            out,
            left,
            right,
            norm: self.int()?,
        })
    }

    fn input(&mut self) -> Result<Input> {
        Ok(Input {
            name: self.text()?,
            shape: self.dims()?,
            lo: self.int()?,
            hi: self.int()?,
            column: self.index()?,
        })
    }

    fn output(&mut self) -> Result<Output> {
        Ok(Output {
            name: self.text()?,
            dims: self.dims()?,
            bound: self.int()?,
            scale: f64::from_le_bytes(self.reader.array().ok_or_else(ended)?),
            zero_point: self.int()?,
            epilogue: self.text()?,
        })
    }
}
