"""protocol.md, 7.5: an affine form is zero at every index, by its value at one random point."""

from zkinfer_verify.check.column_claims import Reduction
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.relations import Affine


def check_affine(red: Reduction, index: int, affine: Affine) -> None:
    """Reduce one Affine relation to claims on the columns of its form.

    Still to check: the claims on columns. Error: num_vars / |E|.
    """
    name = f"affine {index}"
    point = red.ch.point(f"{name} point", sum(map(num_bits, affine.form.dims)))
    red.ch.zero(name, red.open_form(f"{name} form", affine.form, point))
