"""Statements that are refused, or not the expected ones, proved by a prover who does not care: what refusing is for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from unittest.mock import patch

from attacks import attack
from attacks.networks import Made
from zkinfer_verify.api import verify
from zkinfer_verify.check import run, validity
from zkinfer_verify.statement import wellformed
from zkinfer_verify.statement.statement import Statement


def stated(made: Made, statement: Statement) -> Made:
    """Return what is made, under another statement that nobody has checked; the weights stay what they are."""
    with patch.object(run, "check_statement", lambda *args: None):
        prepared = run.prepare.__wrapped__(statement, True)
    other = replace(made, statement=statement)
    other.__dict__["prepared"] = prepared
    return other


@contextmanager
def lenient(*names: str) -> Iterator[None]:
    """Let statements pass without some of their checks: functions of `check/validity.py`, `statement/wellformed.py`."""
    with ExitStack() as stack:
        for name in names:
            place = validity if hasattr(validity, name) else wellformed
            stack.enter_context(patch.object(place, name, lambda *args: True))
        yield


@contextmanager
def any_statement() -> Iterator[None]:
    """Let the verifier take a statement from anywhere: it expects no digest."""
    with patch.object(attack, "verify", lambda *args, expect, **options: verify(*args, **options)):
        yield
