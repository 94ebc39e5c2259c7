"""zkinfer prove: a proof of one inference, or of several at once, checked before it is written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from zkinfer import api
from zkinfer.artifacts.header import AGAIN
from zkinfer.artifacts.key_folder import load_keys
from zkinfer.artifacts.staging import require_writable, write_file
from zkinfer.cli.arguments import InputsArgument, KeysArgument, MemoryOption, NamedInputOption
from zkinfer.cli.given import read_arguments
from zkinfer.cli.run import Run, command
from zkinfer.cli.steps import steps
from zkinfer.cli.values import parse_size
from zkinfer.kernels import native
from zkinfer.prove.weights import is_whole
from zkinfer.report.estimate import estimate_prove
from zkinfer.report.run_table import run_table, seconds_record
from zkinfer.report.usage import peak_memory_bytes
from zkinfer_verify.check.run import prepare
from zkinfer_verify.cli import outputs_record, parse_context
from zkinfer_verify.errors import InternalError, ProofError, UsageError
from zkinfer_verify.explain import hidden_facts, printable, public_facts, show_context, show_numbers


@command
def prove(
    run: Run,
    keys_folder: KeysArgument,
    proof_file: Annotated[Path, typer.Option("--output", "-o", metavar="PROOF", help="The proof file to write.")],
    input_files: InputsArgument = None,
    named: NamedInputOption = None,
    context: Annotated[
        str, typer.Option("--context", metavar="TEXT|@FILE", help="What the proof is bound to: a nonce, an address.")
    ] = "",
    memory: MemoryOption = None,
) -> None:
    """Prove what the network of KEYS gives on INPUT, without showing INPUT.

    Several inputs are proved at once, which passes over the weights once. Their statement is not that of KEYS: it is
    written beside the proof, as PROOF.zks.
    """
    statement_file = proof_file.with_name(f"{proof_file.name}.zks") if len(input_files or ()) > 1 else None
    for file in filter(None, (proof_file, statement_file)):
        require_writable(file)
    limit, bound_to = None if memory is None else parse_size(memory), parse_context(context)
    with run.step("load"):
        keys, x = load_keys(keys_folder), read_arguments(input_files, named)
        keys = api.batch(keys, max(1, len(input_files or ())))
    prepared = prepare(keys.statement)
    run.note(f"prove  {estimate_prove(prepared).words()}")
    start, cpu_start = time.perf_counter(), time.process_time()
    proof = api.prove(keys, x, bound_to, memory_limit=limit, progress=steps(run))
    data = proof.to_bytes()
    proving, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    try:
        outputs = api.verify(keys.statement, data, context=bound_to, progress=steps(run))
    except ProofError as error:
        if not is_whole(native, keys.weights.committed):
            raise UsageError(f"{keys_folder}: its weights.code is damaged, nothing was written; {AGAIN}.") from error
        raise InternalError(f"the proof just made is rejected, and not written: {error}") from error
    with run.step("write"):
        if statement_file is not None:
            write_file(statement_file, keys.statement.to_bytes())
        write_file(proof_file, data)
    public, hidden, memory_bytes = public_facts(keys.statement), hidden_facts(keys.statement), peak_memory_bytes()
    soundness = prepared.schedule.parameters.soundness_bits
    sections = {name: len(part) for name, part in proof.sections()}
    run.result(
        {
            "proof": str(proof_file),
            **({} if statement_file is None else {"statement_file": str(statement_file)}),
            "statement": keys.statement.digest.hex(),
            "model_id": keys.statement.model_id.hex(),
            "context": bound_to.hex(),
            "outputs": outputs_record(outputs),
            # "prove" is from input in memory to bytes; "prove_cpu" the same on all threads.
            "seconds": {**seconds_record(run.seconds), "prove": proving, "prove_cpu": cpu},
            "peak_memory_bytes": memory_bytes,
            "proof_bytes": len(data),
            "bytes_by_section": sections,
            "soundness_bits": soundness,
            "public": public,
            "hidden": hidden,
        },
        run_table(
            run.seconds,
            sections,
            {
                "peak memory": f"{memory_bytes:,} bytes",
                "soundness": f"{soundness:.2f} bits",
                **{printable(tensor.name): show_numbers([*map(str, tensor.integers)]) for tensor in outputs.tensors},
                **({} if statement_file is None else {"statement": f"{statement_file}: hand it out with the proof"}),
                "context": show_context(bound_to),
                "public": "; ".join(public),
                "hidden": "; ".join(hidden),
            },
        ),
    )
