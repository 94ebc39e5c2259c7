"""Keys: everything that setup derives from a model and that proving needs."""

from dataclasses import dataclass

from zkinfer.program.lower import Lowered
from zkinfer.program.program import Model, Program
from zkinfer.prove.weights import Weights
from zkinfer_verify.statement.statement import Statement


@dataclass(frozen=True, eq=False)
class Keys:
    """An integer model's program with a plan, and its committed weights. Only `statement` is for the verifier.

    The weights' code may be mapped from a file, read-only; a proof then reads the opened columns alone.
    """

    program: Program
    lowered: Lowered
    weights: Weights

    @property
    def model(self) -> Model:
        """The integer model, as it is proved."""
        return self.program.model

    @property
    def statement(self) -> Statement:
        """What proofs made with these keys say: hand it to whoever verifies."""
        return self.lowered.statement

    def __repr__(self) -> str:
        return f"Keys({self.statement.digest.hex()})"
