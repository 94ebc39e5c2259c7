"""Program -> Statement: lower every step, place the columns, and check that the relations mean integers."""

from dataclasses import dataclass, replace

from zkinfer.program.builder import Builder, Limbs
from zkinfer.program.place import place_columns
from zkinfer.program.program import Program
from zkinfer_verify.errors import UsageError
from zkinfer_verify.field.prime import P
from zkinfer_verify.statement import bounds
from zkinfer_verify.statement.limits import MAX_AXES
from zkinfer_verify.statement.relations import Form
from zkinfer_verify.statement.statement import Statement

NO_ROOT = bytes(32)
NO_MODEL = bytes(32)
MAX_IMAGES = 256


@dataclass(frozen=True)
class Plan:
    """The free choices of lowering; part of the statement by what they lead to.

    row_vars: log2 K; limb_bits: the width of the limb table; wide: values whose top limb may fill the table; merged:
    values of one step may share rows, which saves padding and costs a claim for each place, instead of lying parallel.
    """

    row_vars: int
    limb_bits: int
    wide: frozenset[str]
    merged: bool = False


@dataclass(frozen=True)
class Lowered:
    """A statement (its weight root still zero), how each committed value is cut into limbs, and for how many inputs."""

    statement: Statement
    limbs: dict[str, Limbs]
    plan: Plan
    images: int = 1


def lower(program: Program, plan: Plan, profile: str, model_id: bytes, images: int = 1) -> Lowered:
    """Lower a program with a plan, for one input or for several that are proved together; W is the same for all.

    Errors: UsageError naming the layer whose integers could reach p/2, its bound, and what to do; for too many inputs,
    and for too many axes of what is shown.
    """
    return in_rows(gather(program, plan, images), plan, profile, model_id)


def gather(program: Program, plan: Plan, images: int = 1) -> Builder:
    """Gather a program's columns and relations: whatever a plan decides but the length of rows.

    Errors: UsageError as `lower`.
    """
    if not 1 <= images <= MAX_IMAGES:
        raise UsageError(f"A proof is about 1 to {MAX_IMAGES} inputs, not {images}; make several proofs.")
    builder = Builder(plan.limb_bits, plan.wide, plan.merged, images, program.apart(images))
    program.lower(builder)
    for layer, contraction in builder.contractions:
        require_bound(layer, "weights", contraction.norm)
    return builder


def in_rows(builder: Builder, plan: Plan, profile: str, model_id: bytes) -> Lowered:
    """Lower what was gathered for a plan, or for another one that differs in the length of rows alone.

    Errors: UsageError as `lower`.
    """
    statement = state(builder, plan.row_vars, profile, model_id)
    _check_bounds(statement, builder)
    return Lowered(statement, builder.limbs, plan, builder.images)


def state(builder: Builder, row_vars: int, profile: str, model_id: bytes) -> Statement:
    """Count the lookups of what a builder has gathered, place its columns, and state its relations; nothing is checked.

    The weights' root is still zero.
    """
    drafts = [*builder.drafts, *builder.multiplicities()]
    placed = place_columns(drafts, builder.lookups, row_vars)
    return Statement(
        profile=profile,
        model_id=model_id,
        row_vars=row_vars,
        weight_root=NO_ROOT,
        weight_rows=placed.weight_rows,
        witness_rows=placed.witness_rows,
        columns=placed.columns,
        tables=tuple(replace(table, multiplicities=k) for k, table in enumerate(builder.tables, len(builder.drafts))),
        lookups=tuple(builder.lookups),
        vanishes=tuple(vanish for _, vanish in builder.vanishes),
        contractions=tuple(contraction for _, contraction in builder.contractions),
        affines=tuple(affine for _, affine in builder.affines),
        inputs=tuple(builder.inputs),
        outputs=tuple(builder.outputs),
    )


def with_model(lowered: Lowered, model_id: bytes) -> Lowered:
    """Return the lowered program with its model's digest in the statement."""
    return replace(lowered, statement=replace(lowered.statement, model_id=model_id))


def with_root(lowered: Lowered, weight_root: bytes) -> Lowered:
    """Return the lowered program with its weights' root in the statement."""
    return replace(lowered, statement=replace(lowered.statement, weight_root=weight_root))


def _check_bounds(statement: Statement, builder: Builder) -> None:
    """Check what the verifier will check, in the words of the network."""
    for shown in statement.outputs:
        if len(shown.dims) > MAX_AXES:
            together = ", with the one of the inputs that are proved together" if builder.images > 1 else ""
            raise UsageError(
                f"{shown.name!r} has {len(shown.dims)} axes{together}, and at most {MAX_AXES} can be shown; "
                "reshape it in the model."
            )
    for layer, contraction in builder.contractions:
        require_bound(layer, "sums", bounds.contraction_magnitude(statement, contraction))
        require_bound(layer, "outputs", bounds.magnitude(statement, contraction.out))
    forms: list[tuple[str, Form]] = [(layer, affine.form) for layer, affine in builder.affines]
    forms += [(layer, form) for layer, vanish in builder.vanishes for form in vanish.factors]
    for layer, form in forms:
        require_bound(layer, "values", bounds.magnitude(statement, form))


def require_bound(layer: str, what: str, bound: int) -> None:
    """Refuse integers that could reach p/2.

    Errors: BoundExceeded naming the layer, the bound, and what to do.
    """
    if bound >= P // 2:
        raise BoundExceeded(
            f"Layer {layer}: its {what} can reach {bound} (about 2^{bound.bit_length()}), but they must stay under "
            "p/2, about 2^63; narrow --input-range, or use smaller weights."
        )


class BoundExceeded(UsageError):
    """A layer's integers could reach p/2."""
