//! `zkinfer-verify-rs STATEMENT PROOF`: 0 accepted, 1 rejected, 2 usage or a statement that is refused.

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use zkinfer_verifier_rs::limits::MAX_STATEMENT_BYTES;
use zkinfer_verifier_rs::{Accepted, Error, Prepared};

const USAGE: &str = "\
usage: zkinfer-verify-rs [--allow-toy] STATEMENT PROOF
       zkinfer-verify-rs [--allow-toy] --batch

The first form verifies one proof and prints its outputs. The second reads records from standard input, each the
length of a statement (u64, little-endian), the statement, the length of a proof, the proof; it prints a line for each:
`accepted`, `rejected: why` or `refused: why`. An empty statement stands for the one before.
Exit code: 0 accepted (of a batch: all read), 1 rejected, 2 usage or a statement that is refused.
";

/// No proof of a statement within limits is longer.
const MAX_PROOF_BYTES: u64 = 1 << 32;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let allow_toy = arguments.iter().any(|argument| argument == "--allow-toy");
    let rest: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| *argument != "--allow-toy")
        .collect();
    let done = match rest[..] {
        ["--batch"] => batch(allow_toy),
        [statement, proof] if !statement.starts_with('-') && !proof.starts_with('-') => {
            single(statement, proof, allow_toy)
        }
        _ => Err(io::Error::other(USAGE)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

fn single(statement: &str, proof: &str, allow_toy: bool) -> io::Result<ExitCode> {
    let prepared = match Prepared::new(&read_file(statement, MAX_STATEMENT_BYTES as u64)?, allow_toy) {
        Ok(prepared) => prepared,
        Err(error) => return Err(io::Error::other(format!("{statement}: {error}"))),
    };
    match prepared.verify(&read_file(proof, MAX_PROOF_BYTES)?) {
        Ok(Accepted { outputs, context }) => {
            let mut out = io::stdout().lock();
            writeln!(out, "accepted")?;
            writeln!(out, "statement {}", hexadecimal(&prepared.statement.digest))?;
            writeln!(out, "context {}", hexadecimal(&context))?;
            for (output, integers) in prepared.statement.outputs.iter().zip(outputs) {
                writeln!(out, "{} {integers:?}", output.name.escape_debug())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{proof}: {error}");
            Ok(ExitCode::from(1))
        }
    }
}

fn batch(allow_toy: bool) -> io::Result<ExitCode> {
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut prepared = Err(Error::Statement("there is none".into()));
    while let Some(statement) = read_part(&mut input, MAX_STATEMENT_BYTES as u64)? {
        if !statement.is_empty() {
            prepared = Prepared::new(&statement, allow_toy);
        }
        let proof = read_part(&mut input, MAX_PROOF_BYTES)?
            .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "a record ends after its statement"))?;
        match prepared
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|prepared| prepared.verify(&proof))
        {
            Ok(_) => writeln!(out, "accepted")?,
            Err(Error::Proof(why)) => writeln!(out, "rejected: {}", why.escape_debug())?,
            Err(Error::Statement(why)) => writeln!(out, "refused: {}", why.escape_debug())?,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Read a whole file, or one byte more than it may have.
fn read_file(path: &str, limit: u64) -> io::Result<Vec<u8>> {
    let named = |error: io::Error| io::Error::other(format!("{path}: {error}"));
    let mut data = Vec::new();
    std::fs::File::open(path)
        .map_err(named)?
        .take(limit + 1)
        .read_to_end(&mut data)
        .map_err(named)?;
    Ok(data)
}

/// Read a length and so many bytes; nothing at the end of the input.
fn read_part(input: &mut impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut first = [0];
    if input.read(&mut first)? == 0 {
        return Ok(None);
    }
    let mut others = [0; 7];
    input.read_exact(&mut others)?;
    let [first] = first;
    let [b, c, d, e, f, g, h] = others;
    let length = u64::from_le_bytes([first, b, c, d, e, f, g, h]);
    if length > limit {
        return Err(io::Error::other("a part of a record is too long"));
    }
    let mut data = Vec::new();
    input.take(length).read_to_end(&mut data)?;
    if data.len() as u64 == length {
        Ok(Some(data))
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn hexadecimal(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}
