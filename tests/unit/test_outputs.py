"""Public integers: none is beyond the bound that the statement declares, and how each is displayed."""

from dataclasses import replace

import pytest

from attacks.networks import tiny
from zkinfer_verify.api import check_proof
from zkinfer_verify.errors import ProofError
from zkinfer_verify.poly.vectors import Vectors
from zkinfer_verify.proof.outputs import display_values

OUTPUT = replace(tiny()[0].statement.outputs[0], dims=(2,), bound=9, scale=0.5, zero_point=1, epilogue="none")


@pytest.mark.parametrize("sign", [1, -1])
def test_rejects_an_output_when_it_is_beyond_its_bound(sign):
    made, x = tiny()
    proof, bound = made.prove(made.witness(x)), made.statement.outputs[0].bound
    with pytest.raises(ProofError, match=f"output output holds an integer beyond its declared bound {bound}"):
        check_proof(made.prepared, replace(proof, outputs=((sign * (bound + 1),),)), Vectors())
    # The bound itself may be an output; here it is a wrong one, which another check finds.
    with pytest.raises(ProofError, match=r"^(?!.*declared bound)"):
        check_proof(made.prepared, replace(proof, outputs=((sign * bound,),)), Vectors())


def test_displays_scaled_integers():
    assert display_values(OUTPUT, (9, -9)) == (4.0, -5.0)


def test_displays_a_vector_of_length_one_and_the_zero_vector_as_it_is():
    unit = replace(OUTPUT, epilogue="l2_normalize", zero_point=0)
    assert display_values(unit, (3, -4)) == (0.6, -0.8)
    assert display_values(unit, (0, 0)) == (0.0, 0.0)
