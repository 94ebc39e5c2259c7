"""protocol.md, 7.3, the prover: the zero-check of one Vanish relation."""

import numpy as np

from zkinfer.prove.forms import Tables
from zkinfer.prove.sender import Sender
from zkinfer.prove.sumcheck import prove_eq_product
from zkinfer_verify.field.extension import Ext
from zkinfer_verify.poly.eq import num_bits
from zkinfer_verify.statement.relations import Vanish


def prove_vanish(tx: Sender, tables: Tables, index: int, vanish: Vanish) -> None:
    """Send the rounds, the factors' values and the partial products."""
    name = f"vanish {index}"
    z = tx.point(f"{name} point", sum(map(num_bits, vanish.factors[0].dims)))
    factors = np.stack([tables.form_table(form).reshape(-1) for form in vanish.factors])
    point, values = prove_eq_product(tx, tables.kernels, z, factors, f"{name} round")
    for form, value in zip(vanish.factors, values, strict=True):
        tables.send_form(tx, f"{name} factor", form, point, factor=True, value=value)
    partial: Ext = values[0]
    for value in values[1:-1]:
        partial = partial * value
        tx.send(f"{name} partial product", partial)
