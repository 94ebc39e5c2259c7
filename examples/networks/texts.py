"""This repository's own files as inputs: the bytes of a file for Magika, the words of a sentence for MiniLM."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zkinfer.graph.graph import Array

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = (".md", ".py", ".rs", ".toml", ".json", ".ini", ".txt")
HALF, BLOCK, PADDING = 1024, 4096, 256
"""Magika reads so many bytes of each end of a file, of the first and last block, without the white space around."""
TOKENS = 16
UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
MARKED = 2
"""Tokens that stand for the two ends of a text."""


def files(count: int) -> list[Array]:
    """The two ends of this repository's files as 2048 codes each, the README first; code 256 pads."""
    paths = [ROOT / "README.md", *_sources()]
    return [file_codes(path.read_bytes()) for path in paths[:count]]


def _sources() -> Iterator[Path]:
    """Files of every kind in turn, so that few of them are unlike."""
    kinds = [sorted(path for path in ROOT.glob(f"[a-z]*/**/*{ending}") if path.is_file()) for ending in ENDINGS]
    for k in range(max(map(len, kinds))):
        yield from (paths[k] for paths in kinds if k < len(paths))


def file_codes(content: bytes) -> Array:
    """What Magika reads of a file, with the batch axis."""
    begin, end = content[:BLOCK].lstrip()[:HALF], content[-BLOCK:].rstrip()[-HALF:]
    codes = [*begin, *[PADDING] * (HALF - len(begin)), *[PADDING] * (HALF - len(end)), *end]
    return np.array([codes], dtype=np.int32)


def sentences(vocabulary: Path, count: int) -> list[Array]:
    """Sentences of this repository's pages, in sixteen tokens each; shorter ones are left out, longer ones cut."""
    numbers = {token: k for k, token in enumerate(vocabulary.read_text(encoding="utf-8").splitlines())}
    found = []
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        for sentence in re.split(r"(?<=[.:])\s+", path.read_text(encoding="utf-8")):
            tokens = [numbers[token] for token in word_pieces(sentence, numbers)]
            if len(tokens) >= TOKENS - MARKED and "|" not in sentence and "`" not in sentence:
                ids = [numbers[FIRST], *tokens[: TOKENS - MARKED], numbers[LAST]]
                found.append(np.array([ids], dtype=np.int64))
    return found[:count]


def word_pieces(text: str, vocabulary: dict[str, int]) -> Iterator[str]:
    """The tokens of a text, as BERT cuts it: lower case, no accents, the longest known piece first."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    for word in re.findall(r"\w+|[^\w\s]", plain):
        start, pieces = 0, []
        while start < len(word):
            prefix = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if prefix + word[start:end] in vocabulary)
            end = next(ends, None)
            if end is None:
                pieces = [UNKNOWN]
                break
            pieces.append(prefix + word[start:end])
            start = end
        yield from pieces
