"""A statement or a proof in plain words: what it says, what is public, committed and hidden, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from zkinfer_verify.check.run import Prepared, prepare
from zkinfer_verify.errors import UsageError
from zkinfer_verify.params.ledger import bits_of
from zkinfer_verify.proof.decode import read_header
from zkinfer_verify.proof.proof import MAGIC as PROOF_MAGIC
from zkinfer_verify.statement.column import Role
from zkinfer_verify.statement.statement import MAGIC as STATEMENT_MAGIC
from zkinfer_verify.statement.statement import HiddenInput, PublicOutput, Statement

Record = dict[str, object]
SHOWN = 32


@dataclass(frozen=True)
class Explained:
    """An explanation for people, and the same facts as a record for programs."""

    text: str
    record: Record


def explain(data: bytes) -> Explained:
    """Explain a statement file or a proof file.

    Errors: UsageError when it is neither, or an unusable statement; ProofError for a proof whose header is broken.
    """
    if data[:8] == STATEMENT_MAGIC:
        return explain_statement(Statement.from_bytes(data))
    if data[:8] == PROOF_MAGIC:
        return explain_proof(data)
    raise UsageError("this is neither a zkinfer statement nor a proof: its first eight bytes differ")


def explain_statement(statement: Statement) -> Explained:
    """Say what an accepted proof of this statement says."""
    prepared = prepare(statement, allow_toy=True)
    parameters = prepared.schedule.parameters
    public, committed, hidden = public_facts(statement), committed_facts(prepared), hidden_facts(statement)
    ledger = [(name, bits_of(term) if term else None) for name, term in parameters.terms]
    lines = [
        f"statement  {statement.digest.hex()}",
        f"model      {statement.model_id.hex()}",
        "",
        "An accepted proof says: whoever made it knew an input, every entry within the declared range, for which this",
        "exact integer network gives exactly the public integers. It says nothing of where the input came from.",
        "Whether the relations are this model's is not in it: zkinfer verify --model derives the statement again.",
        "",
        "Public",
        *(f"  {fact}" for fact in public),
        "Committed",
        *(f"  {fact}" for fact in committed),
        "Hidden",
        *(f"  {fact}" for fact in hidden),
        "",
        _soundness_sentence(prepared),
        *(f"  {name:<28}{'0' if bits is None else f'2^-{bits:.2f}':>12}" for name, bits in ledger),
        f"  {'sum':<28}{f'2^-{parameters.soundness_bits:.2f}':>12}",
    ]
    record: Record = {
        "kind": "statement",
        "statement": statement.digest.hex(),
        "model_id": statement.model_id.hex(),
        "profile": statement.profile,
        "public": public,
        "committed": committed,
        "hidden": hidden,
        "soundness_bits": parameters.soundness_bits,
        "queries": parameters.num_queries,
        "ledger": [{"term": name, "bits": bits} for name, bits in ledger],
    }
    return Explained("\n".join(lines), record)


def explain_proof(data: bytes) -> Explained:
    """Say what a proof file claims to be about. It is not verified here: that takes its statement.

    Errors: ProofError when its header is broken.
    """
    digest, context = read_header(data)
    lines = [
        f"proof      {len(data)} bytes, not verified here",
        f"statement  {digest.hex()}",
        f"context    {show_context(context)}",
        "",
        "To learn what it says, verify it with its statement: zkinfer-verify STATEMENT PROOF.",
    ]
    record: Record = {
        "kind": "proof",
        "statement": digest.hex(),
        "context": context.hex(),
        "proof_bytes": len(data),
        "verified": False,
    }
    return Explained("\n".join(lines), record)


def public_facts(statement: Statement) -> list[str]:
    """What everyone who sees a proof learns."""
    outputs = [_output_fact(output) for output in statement.outputs]
    return ["the network and its weights", *outputs, "the context that the proof is bound to"]


def hidden_facts(statement: Statement) -> list[str]:
    """What a proof shows nothing about, beyond what the outputs tell."""
    return [*map(_input_fact, statement.inputs), "every value between input and output"]


def committed_facts(prepared: Prepared) -> list[str]:
    """What the prover is bound to by hashes."""
    statement, layout = prepared.statement, prepared.layout
    weights = sum(column.size for column in statement.columns if column.role is Role.WEIGHT)
    values = sum(column.size for column in statement.columns if column.role is Role.RANGED)
    return [
        f"{weights:,} weights, once for all proofs: root {statement.weight_root.hex()}",
        f"{values:,} integers in each proof, with {layout.num_lookups:,} lookups, {layout.num_vanish_entries:,} zero "
        f"products and {layout.num_products:,} multiplications proved between them",
    ]


def show_context(context: bytes) -> str:
    """A context for people: its text, or hexadecimal where it is none."""
    try:
        text = context.decode()
    except UnicodeDecodeError:
        return f"0x{context.hex()}"
    if not text:
        return "empty"
    return text if text.isprintable() else f"0x{context.hex()}"


def show_numbers(numbers: Sequence[str]) -> str:
    """The first numbers of a tensor, and how many there are beside."""
    more = len(numbers) - SHOWN
    return "  ".join(numbers[:SHOWN]) + (f"  and {more:,} more (--json has all)" if more > 0 else "")


def printable(text: str) -> str:
    """A name from a file, safe for a terminal: control characters are escaped."""
    return text if text.isprintable() else ascii(text)


def _output_fact(output: PublicOutput) -> str:
    shown = "" if output.epilogue == "none" else f", displayed by {printable(output.epilogue)}"
    count = "1 integer" if prod(output.dims) == 1 else f"{prod(output.dims)} integers"
    return f"{printable(output.name)}: {count} up to {output.bound:,} in absolute value{shown}"


def _input_fact(hidden: HiddenInput) -> str:
    shape = ", ".join(map(str, hidden.shape))
    return f"{printable(hidden.name)}: shape ({shape}), integers in {hidden.lo}..{hidden.hi}"


def _soundness_sentence(prepared: Prepared) -> str:
    parameters, profile = prepared.schedule.parameters, prepared.profile
    if profile.fixed_queries is not None:
        return f"Profile {profile.name!r} is for tests: ITS PROOFS PROVE NOTHING. Error terms:"
    return (
        f"Soundness: {parameters.soundness_bits:.2f} bits, profile {profile.name!r}, {parameters.num_queries} opened "
        "columns. Error terms:"
    )
