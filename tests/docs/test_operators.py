"""docs/operators.md names every operator that a family translates, and no other."""

import re

from tests.house.tree import ROOT
from zkinfer.frontend.onnx.families.catalogue import FAMILIES

ROW = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)


def test_the_page_names_the_operators_that_there_are() -> None:
    rows = ROW.findall((ROOT / "docs" / "operators.md").read_text(encoding="utf-8"))
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert len(named) == len(set(named)), "an operator has two lines"
    assert set(named) == set(FAMILIES), "docs/operators.md needs a line for each operator of the families"
