"""Einsum: the codes are onnxruntime's, for the equations of attention and others; the rest is refused with a reason."""

from __future__ import annotations

import pytest

from tests.onnx.test_linear_families import agree, node, normal
from zkinfer.frontend.onnx.families.einsum import equation
from zkinfer_verify.errors import UsageError

OF_TWO = {
    "scores of attention": ("blhd,bmhd->bhlm", (1, 5, 2, 4), (1, 6, 2, 4)),
    "values of attention": ("bhlm,bmhd->blhd", (1, 2, 5, 6), (1, 6, 2, 4)),
    "matrices": ("bij,bjk->bik", (2, 4, 5), (2, 5, 3)),
    "a batch of any axes": ("...ij,...kj->...ik", (2, 3, 4, 5), (2, 3, 6, 5)),
    "stretched": ("bhij,bhjk->bhik", (2, 1, 4, 5), (1, 3, 5, 2)),
    "an outer product": ("i,j->ij", (4,), (5,)),
    "an inner product": ("bi,bi->b", (3, 8), (3, 8)),
    "entries": ("bij,bij->bij", (2, 3, 4), (2, 3, 4)),
    "without a result": ("ij,jk", (3, 4), (4, 5)),
    "one tensor's axes summed alone": ("bij,bk->bk", (2, 3, 4), (2, 5)),
    "spaces": ("b i j , b j -> b i", (2, 3, 4), (2, 4)),
}
OF_ONE = {"a sum": "bij->b", "a transposition": "bij->jbi", "a sum and another order": "bij->ji", "all": "bij->"}


@pytest.mark.parametrize("name", OF_TWO)
@pytest.mark.parametrize("constant", [None, "x", "z"])
def test_products(tmp_path, name, constant):
    text, *shapes = OF_TWO[name]
    tensors = {"x": normal(*shapes[0]), "z": normal(*shapes[1], seed=2)}
    feeds = {key: array for key, array in tensors.items() if key != constant}
    constants = {key: array for key, array in tensors.items() if key == constant}
    agree(tmp_path, [node("Einsum", "x z", equation=text)], feeds, constants)


@pytest.mark.parametrize("name", OF_ONE)
def test_one_tensor(tmp_path, name):
    agree(tmp_path, [node("Einsum", "x", equation=OF_ONE[name])], {"x": normal(2, 3, 4)})


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [("bii->bi", "x", "a diagonal"), ("bij,bij,bij->b", "x x x", "it multiplies 3 tensors; multiply two at a time")],
)
def test_what_is_refused(tmp_path, text, names, reason):
    with pytest.raises((AssertionError, UsageError), match=reason):
        agree(tmp_path, [node("Einsum", names, equation=text)], {"x": normal(2, 3, 3)})


def test_labels():
    assert equation("b i j, b j k -> b i k", [3, 3]) == (["bij", "bjk"], "bik")
    assert equation("...ij,jk", [4, 2]) == (["ABij", "jk"], "ABik")
    assert equation("...i,...i->...", [3, 2]) == (["ABi", "Bi"], "AB")
    assert equation("ba", [2]) == (["ba"], "ab")
