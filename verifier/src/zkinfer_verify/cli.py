"""zkinfer-verify STATEMENT PROOF: verify with nothing but Python. zkinfer-verify selftest: try the verifier itself.

Exit codes: 0 accepted; 1 the proof is rejected; 2 usage or bad input; 3 our bug.
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from zkinfer_verify.api import verify
from zkinfer_verify.errors import ProofError, UsageError
from zkinfer_verify.explain import explain_statement, printable, show_context, show_numbers
from zkinfer_verify.hashing.digest import DIGEST_BYTES
from zkinfer_verify.proof.outputs import Outputs
from zkinfer_verify.selftest import selftest_cases, selftest_text, try_case
from zkinfer_verify.statement.limits import MAX_STATEMENT_BYTES
from zkinfer_verify.statement.statement import Statement

DONE, REJECTED, USAGE, BUG = range(4)
MAX_PROOF_BYTES = 1 << 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    own = given[:1] == ["selftest"]
    parser = _selftest_parser() if own else _parser()
    parser.json = "--json" in given
    options = parser.parse_args(given[1:] if own else given)
    try:
        code = _selftest(options) if own else _run(options)
        # What cannot be written fails here, and not after the exit code is set.
        print(end="", flush=True)
        return code
    except BrokenPipeError:
        _silence_stdout()
        return USAGE
    except (Exception, KeyboardInterrupt) as error:
        code, kind, sentence = _ending(error)
        if options.verbose:
            traceback.print_exception(error)
        print(f"zkinfer-verify: {sentence}", file=sys.stderr)
        _refuse(kind, sentence, options.json)
        return code


def parse_context(text: str) -> bytes:
    """Return the bytes of TEXT, or of the file FILE for @FILE.

    Errors: UsageError when the file cannot be read.
    """
    return read_file(Path(text[1:])) if text.startswith("@") else text.encode("utf-8", "surrogateescape")


def parse_digest(text: str) -> bytes:
    """Return a digest from its 64 hexadecimal digits.

    Errors: UsageError for anything else.
    """
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != DIGEST_BYTES:
        raise UsageError(f"A digest has {2 * DIGEST_BYTES} hexadecimal digits, not {text!r}; copy it from explain.")
    return digest


def read_file(path: Path, limit: int = MAX_PROOF_BYTES) -> bytes:
    """Return a file's bytes.

    Errors: UsageError when it cannot be read, or is larger than anything it could be.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise UsageError(f"{path}: has {size} bytes, more than the limit of {limit}; check which file this is.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path.") from error


def read_statement(path: Path) -> Statement:
    """Return the statement in a file.

    Errors: UsageError naming the file.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; pass the statement in it, {path}/statement.zks.")
    data = read_file(path, MAX_STATEMENT_BYTES)
    try:
        return Statement.from_bytes(data)
    except UsageError as error:
        raise UsageError(f"{path}: {str(error).rstrip('.')}; get the statement from whoever published it.") from error


def accepted_record(
    statement: Statement, outputs: Outputs, seconds: float, *, context: bool, model: str | None, input_range: bool
) -> dict[str, object]:
    """Return what verify --json prints.

    context, input_range: whether they were compared; model: how the statement was compared, if it was.
    """
    return {
        "accepted": True,
        "outputs": outputs_record(outputs),
        "inputs": [{"name": hidden.name, "lo": hidden.lo, "hi": hidden.hi} for hidden in statement.inputs],
        "input_range_checked": input_range,
        "context": outputs.context.hex(),
        "context_checked": context,
        "statement": outputs.statement_digest.hex(),
        "model_id": outputs.model_id.hex(),
        "model_checked": model,
        "seconds": seconds,
    }


def outputs_record(outputs: Outputs) -> dict[str, object]:
    """Return the output's integers and their display; of several outputs, a list of each."""
    if len(outputs.tensors) == 1:
        return {"integers": outputs.integers, "display": outputs.display}
    return {
        "integers": [tensor.integers for tensor in outputs.tensors],
        "display": [tensor.display for tensor in outputs.tensors],
    }


def accepted_text(
    statement: Statement,
    outputs: Outputs,
    *,
    context: bool,
    model: str | None,
    input_range: bool,
    remedies: tuple[str, str] = ("--expect", "--expect"),
) -> str:
    """Return what verify prints for people. remedies: the options that would compare the input's range, the model."""
    facts: list[tuple[str, str]] = []
    for tensor in outputs.tensors:
        facts.append((printable(tensor.name), show_numbers([*map(str, tensor.integers)])))
        if any(float(a) != b for a, b in zip(tensor.integers, tensor.display, strict=True)):
            facts.append(("displayed", show_numbers([f"{value:.8g}" for value in tensor.display])))
    checked = "as expected" if input_range else f"not checked: pass {remedies[0]}"
    facts += [(printable(x.name), f"hidden, in {x.lo}..{x.hi} ({checked})") for x in statement.inputs]
    bound = "as expected" if context else "not checked: pass --context"
    facts += [
        ("context", f"{show_context(outputs.context)} ({bound})"),
        ("statement", outputs.statement_digest.hex()),
        ("model", f"{outputs.model_id.hex()} ({model or f'not checked: pass {remedies[1]}'})"),
    ]
    width = max(len(name) for name, _ in facts)
    return "\n".join(["accepted", *(f"{name:<{width}}  {text}" for name, text in facts)])


def _run(options: argparse.Namespace) -> int:
    context = None if options.context is None else parse_context(options.context)
    expect = None if options.expect is None else parse_digest(options.expect)
    statement = read_statement(options.statement)
    proof = read_file(options.proof)
    start = time.perf_counter()
    outputs = verify(statement, proof, context=context, expect=expect)
    seconds = time.perf_counter() - start
    compared = None if expect is None else "the statement has the expected digest"
    # The digest covers the input's range.
    checked: dict[str, Any] = {"context": context is not None, "model": compared, "input_range": expect is not None}
    if options.json:
        print(json.dumps(accepted_record(statement, outputs, seconds, **checked)))
    else:
        print(accepted_text(statement, outputs, **checked))
    if options.verbose:
        print(f"verified in {seconds:.3f} s\n\n{explain_statement(statement).text}", file=sys.stderr)
    return DONE


def _selftest(options: argparse.Namespace) -> int:
    results = [try_case(case) for case in selftest_cases()]
    passed = all(result["as_expected"] for result in results)
    print(json.dumps({"passed": passed, "cases": results}) if options.json else selftest_text(results))
    return DONE if passed else BUG


def _silence_stdout() -> None:
    """Send what is left for standard output nowhere, so that Python's last flush does not change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ending(error: BaseException) -> tuple[int, str, str]:
    match error:
        case ProofError():
            code, kind, text = REJECTED, "rejected", f"The proof is rejected: {error}"
        case UsageError():
            code, kind, text = USAGE, "usage", str(error)
        case KeyboardInterrupt():
            code, kind, text = USAGE, "usage", "Interrupted"
        case MemoryError() | OSError():
            code, kind, text = USAGE, "usage", f"The system refused ({error}); check memory, paths and permissions"
        case _:
            text = f"A bug in zkinfer-verify: {type(error).__name__}: {error}; please report it with the output of -v"
            code, kind = BUG, "bug"
    # Names from a hostile statement must not reach a terminal's controls.
    return code, kind, printable(" ".join(text.split()).rstrip(".") + ".")


def _refuse(kind: str, sentence: str, as_json: bool) -> None:
    """Print what --json prints of what is not accepted, if it is asked for."""
    try:
        if as_json:
            print(json.dumps({"accepted": False, "error": {"kind": kind, "message": sentence}}))
        print(end="", flush=True)
    except OSError:
        _silence_stdout()


class _Parser(argparse.ArgumentParser):
    """Says what does not fit of the arguments, as JSON too where that is asked for."""

    json = False

    def error(self, message: str) -> NoReturn:
        _refuse("usage", printable(f"{message}."), self.json)
        super().error(message)


def _selftest_parser() -> _Parser:
    parser = _Parser(
        prog="zkinfer-verify selftest",
        description="Verify the honest and forged proofs that ship with this package; say what stopped each forgery.",
        epilog="Exit codes: 0 every verdict as expected, 3 not so. A statement of this name is ./selftest.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("-v", "--verbose", action="store_true", help="trace errors")
    return parser


def _parser() -> _Parser:
    parser = _Parser(
        prog="zkinfer-verify",
        description="Verify a zkinfer proof: print the network's outputs, or say why the proof is rejected.",
        epilog="zkinfer-verify selftest tries the verifier itself. "
        "Exit codes: 0 accepted, 1 the proof is rejected, 2 usage or bad input, 3 our bug.",
    )
    parser.add_argument("statement", metavar="STATEMENT", type=Path, help="what is proved: a statement.zks file")
    parser.add_argument("proof", metavar="PROOF", type=Path, help="the proof file")
    parser.add_argument("--context", metavar="TEXT|@FILE", help="the context that the proof must be bound to")
    parser.add_argument("--expect", metavar="DIGEST", help="the digest that the statement must have")
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("-v", "--verbose", action="store_true", help="explain the statement; trace errors")
    parser.add_argument("--version", action="version", version=f"zkinfer-verify {version('zkinfer-verify')}")
    return parser
