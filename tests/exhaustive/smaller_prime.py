"""The package's own arithmetic over a smaller prime field: every element can then be tried.

7 generates F_5 and F_17 as it does F, so X^2 - 7 has no root there, and 7 w^j are cosets of roots of unity as in F.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product

import pytest

from zkinfer.kernels import plain
from zkinfer_verify.field import prime
from zkinfer_verify.field.extension import ONE, ZERO, Ext
from zkinfer_verify.poly import univariate

# Every module that knows the prime must be there before it is exchanged.
USERS = (plain, prime, univariate)


@contextmanager
def smaller_prime(p: int) -> Iterator[None]:
    """Let every module of ours read p for the Goldilocks prime."""
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0].startswith("zkinfer")]
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            if getattr(module, "P", None) == prime.P and module is not prime:
                patch.setattr(module, "P", p)
        patch.setattr(prime, "P", p)
        univariate._basis.cache_clear()
        yield
    univariate._basis.cache_clear()


def elements(p: int) -> list[Ext]:
    """Return all elements of E, zero first; within `smaller_prime`."""
    return [Ext(a, b) for a, b in product(range(p), repeat=2)]


def ext_sum(terms: Iterable[Ext]) -> Ext:
    """Add elements of E, one by one."""
    out = ZERO
    for term in terms:
        out = out + term
    return out


def ext_product(factors: Iterable[Ext]) -> Ext:
    """Multiply elements of E, one by one."""
    out = ONE
    for factor in factors:
        out = out * factor
    return out
