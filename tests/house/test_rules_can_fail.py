"""Each rule of the house finds the smallest file that breaks it, and leaves its lawful neighbour alone."""

from collections.abc import Callable

import pytest

from tests.house import rules

Rule = Callable[[str], list[str]]


def foreign(source: str) -> list[str]:
    return rules.foreign_imports(source, own="zkinfer_verify")


CASES: list[tuple[str, Rule, str, str]] = [
    ("assert", rules.asserts, "def f(x):\n    assert x\n", "def f(x):\n    if not x:\n        raise ValueError\n"),
    ("import numpy", foreign, "import numpy\n", "import hashlib\nfrom zkinfer_verify.field import prime\n"),
    ("import the prover", foreign, "def f():\n    from zkinfer.api import prove\n", "from math import prod\n"),
    ("import a prefix", foreign, "import zkinfer_verify_extra\n", "import zkinfer_verify\n"),
    ("import relatively", foreign, "from .. import x\n", "from zkinfer_verify import api\n"),
    ("import by name", foreign, "import importlib\nimportlib.import_module('numpy')\n", "import importlib\n"),
    ("import Rust", rules.native_imports, "from zkinfer import _native\n", "from zkinfer.kernels import native\n"),
    ("import from Rust", rules.native_imports, "from zkinfer._native import fold\n", "from zkinfer import native_\n"),
    ("bare function", rules.missing_docstrings, '"""M."""\ndef f():\n    pass\n', '"""M."""\ndef _f():\n    pass\n'),
    (
        "bare method",
        rules.missing_docstrings,
        '"""M."""\nclass _C: ...\nclass D:\n    """D."""\n    def f(self): ...\n',
        '"""M."""\n',
    ),
    ("bare module", rules.missing_docstrings, "x = 1\n", '"""Says something."""\nx = 1\n'),
    ("long file", rules.too_long, "\n" * (rules.MAX_FILE_LINES + 1), "\n" * rules.MAX_FILE_LINES),
    ("machine path", rules.machine_words, "see " + "/ho" + "me/ann/zkinfer", "see docs/home/ann and ~/home/ann/"),
    ("registry", rules.machine_words, "pip install --extra-index" + "-url http://x", "pip install ./verifier"),
    ("bare noqa", rules.silenced_lints, "x = 1  # no" + "qa\n", "x = l  # no" + "qa: E741\n"),
    ("bare ignore", rules.silenced_lints, "f(1)  # type: ig" + "nore\n", "f(1)  # type: ig" + "nore[arg-type]\n"),
]


@pytest.mark.parametrize(("rule", "bad", "good"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rule_finds_a_breach_and_only_a_breach(rule: Rule, bad: str, good: str) -> None:
    assert rule(bad)
    assert not rule(good)
