"""Values that options take: ranges, a size in bytes, the shapes of inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zkinfer.network.disclosure import Disclosure
from zkinfer_verify.errors import UsageError

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def parse_range(text: str) -> tuple[int, int]:
    """Read LO..HI, both ends included.

    Errors: UsageError for another form or an empty range.
    """
    match = re.fullmatch(r"\s*([+-]?\d{1,18})\s*\.\.\s*([+-]?\d{1,18})\s*", text)
    if match is None or int(match[1]) > int(match[2]):
        raise UsageError(f"An input range is LO..HI with LO <= HI, such as -128..127, not {text!r}.")
    return int(match[1]), int(match[2])


def parse_input_range(text: str | None) -> tuple[int, int] | None:
    """Read LO..HI where it is given.

    Errors: as `parse_range`.
    """
    return None if text is None else parse_range(text)


def parse_ranges(texts: Sequence[str] | None) -> dict[str, tuple[int, int]]:
    """Read NAME=LO..HI, one text for each input; a name may hold a = of its own.

    Errors: UsageError for another form and for a name that comes twice.
    """
    ranges: dict[str, tuple[int, int]] = {}
    for text in texts or ():
        name, sign, bounds = text.rpartition("=")
        if not (name and sign) or name in ranges:
            raise UsageError(f"An input of integers is declared once, by NAME=LO..HI such as age=0..120, not {text!r}.")
        ranges[name] = parse_range(bounds)
    return ranges


def parse_disclosure(
    public_inputs: Sequence[str] | None, hidden_outputs: Sequence[str] | None, labels: Sequence[str] | None
) -> Disclosure:
    """Read what is shown of a network: names of inputs and outputs, and NAME=LABEL; a name may hold a = of its own.

    Errors: UsageError for another form.
    """
    pairs = []
    for text in labels or ():
        name, sign, label = text.rpartition("=")
        if not (name and sign and label):
            raise UsageError(f"A label is revealed by NAME=LABEL, such as scores=argmax, not {text!r}.")
        pairs.append((name, label))
    return Disclosure(tuple(public_inputs or ()), tuple(hidden_outputs or ()), tuple(pairs))


def parse_size(text: str) -> int:
    """Read a number of bytes: 2GB, 500 MB, 1.5GiB, 1000000.

    Errors: UsageError for another form.
    """
    match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([kmgt]i?)?b?\s*", text.lower())
    if match is None:
        raise UsageError(f"A size is a number of bytes such as 2GB or 500MiB, not {text!r}.")
    return int(float(match[1]) * UNITS[match[2] or ""])


def parse_shapes(texts: Sequence[str] | None) -> dict[str, tuple[int, ...]]:
    """Read NAME=1,3,48,48, one text for each input; a name may hold a = of its own.

    Errors: UsageError for another form and for a name that comes twice.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts or ():
        match = re.fullmatch(r"(.+)=\s*(\d{1,9}(?:\s*[,x]\s*\d{1,9})*)\s*", text)
        if match is None:
            raise UsageError(f"A shape is NAME=1,3,48,48, the batch axis first, not {text!r}.")
        if match[1] in shapes:
            raise UsageError(f"--shape gives two shapes for input {match[1]!r}; give one.")
        shapes[match[1]] = tuple(int(size) for size in re.split("[,x]", match[2]))
    return shapes
