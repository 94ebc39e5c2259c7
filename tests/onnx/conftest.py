"""What a test draws does not depend on the tests before it."""

import numpy as np
import pytest

from tests.onnx import quantising


@pytest.fixture(autouse=True)
def fresh_draws(monkeypatch):
    """Begin the draws of float networks anew."""
    monkeypatch.setattr(quantising, "rng", np.random.default_rng(5))
