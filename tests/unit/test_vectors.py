"""The loops over data: a provider that forgets one would fall back to plain Python on vectors that are none."""

from zkinfer.kernels.vectors import KernelVectors
from zkinfer_verify.poly.vectors import Vectors


def test_the_kernels_override_every_loop():
    loops = {name for name in vars(Vectors) if not name.startswith("_")}
    assert "evaluate_many" in loops
    assert loops <= set(vars(KernelVectors))
