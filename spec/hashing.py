"""docs/protocol.md, 2: what is hashed, and how: encodings, tree, transcript; 9: the prover's stream of randomness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from spec.field import ZERO, Ext, P


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def tag(name: str) -> bytes:
    """(2.1) Sixteen bytes: "zkinfer1/" and the use of the hash, padded with zeros."""
    return (b"zkinfer1/" + name.encode()).ljust(16, b"\0")


def u64(value: int) -> bytes:
    """Eight bytes, little-endian."""
    return value.to_bytes(8, "little")


def base_bytes(values: Sequence[int]) -> bytes:
    """Elements of F."""
    return b"".join(map(u64, values))


def ext_bytes(values: Sequence[Ext]) -> bytes:
    """Elements of E: a, then b."""
    return b"".join(u64(value.a) + u64(value.b) for value in values)


class Tree:
    """(2.2) A Merkle tree over columns."""

    def __init__(self, oracle: str, columns: Sequence[Sequence[int]], salts: Sequence[bytes]) -> None:
        leaf = tag(f"leaf/{oracle}")
        rows = zip(columns, salts, strict=True)
        self.levels = [[sha256(leaf, u64(j), salt, base_bytes(column)) for j, (column, salt) in enumerate(rows)]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([sha256(tag("node"), below[i], below[i + 1]) for i in range(0, len(below), 2)])

    @property
    def root(self) -> bytes:
        """The only node of the last level."""
        return self.levels[-1][0]

    def siblings(self, positions: Sequence[int]) -> bytes:
        """(2.3) Level by level from the leaves, by ascending index: the siblings that are not known."""
        out, known = b"", set(positions)
        for level in self.levels[:-1]:
            out += b"".join(level[i ^ 1] for i in sorted(known) if i ^ 1 not in known)
            known = {i // 2 for i in known}
        return out


class Transcript:
    """(2.4) The sponge of Fiat and Shamir."""

    def __init__(self) -> None:
        self.state = sha256(tag("trans"))

    def absorb(self, kind: str, label: str, data: bytes) -> None:
        """state' = SHA-256(state, type, length of label, label, length of data, data)."""
        name = label.encode()
        self.state = sha256(self.state, kind.encode(), bytes([len(name)]), name, u64(len(data)), data)

    def words(self) -> Iterator[int]:
        """Blocks SHA-256(state, "s", i), cut into words of 64 bits."""
        block = 0
        while True:
            digest = sha256(self.state, b"s", u64(block))
            yield from (int.from_bytes(digest[i : i + 8], "little") for i in (0, 8, 16, 24))
            block += 1

    def challenges(self, label: str, count: int) -> list[Ext]:
        """(2.5) Nonzero elements of E: words >= p are passed over, two words are an element, zero is redrawn."""
        self.absorb("c", label, u64(count))
        words = (word for word in self.words() if word < P)
        out: list[Ext] = []
        while len(out) < count:
            element = Ext(next(words), next(words))
            if element != ZERO:
                out.append(element)
        return out

    def challenge(self, label: str) -> Ext:
        """Draw one challenge."""
        return self.challenges(label, 1)[0]

    def positions(self, label: str, length: int, count: int) -> list[int]:
        """(2.6) Distinct positions below a power of two, ascending."""
        self.absorb("p", label, u64(count))
        words, out = self.words(), set[int]()
        while len(out) < count:
            out.add(next(words) % length)
        return sorted(out)


class Entropy:
    """(9) The prover's randomness from a seed."""

    def __init__(self, seed: bytes) -> None:
        self.seed, self.draws = hashlib.sha512(seed).digest(), 0

    def bind(self, *parts: bytes) -> None:
        """Mix what is proved into the seed."""
        self.seed = hashlib.sha512(self.seed + b"".join(u64(len(part)) + part for part in parts)).digest()

    def bytes(self, count: int) -> bytes:
        """Draw bytes: blocks SHA-256(seed, number of the draw, i)."""
        self.draws += 1
        blocks = (sha256(self.seed, u64(self.draws - 1), u64(i)) for i in range(-(-count // 32)))
        return b"".join(blocks)[:count]

    def base(self, count: int) -> list[int]:
        """Draw elements of F from one draw of 16 words more than needed (1 more for each 2^20)."""
        stream = self.bytes(8 * (count + 16 + count // 2**20))
        words = [int.from_bytes(stream[i : i + 8], "little") for i in range(0, len(stream), 8)]
        found = [word for word in words if word < P][:count]
        return found if len(found) == count else self.base(count)

    def rows(self, count: int, length: int) -> list[list[int]]:
        """Draw a matrix of elements of F, row by row, in one draw."""
        flat = self.base(count * length)
        return [flat[i * length : (i + 1) * length] for i in range(count)]

    def ext(self, count: int) -> list[Ext]:
        """Draw elements of E in one draw."""
        return [Ext(a, b) for a, b in self.rows(count, 2)]
