"""Ways to change a proof that know its parts: what a careless or a clever prover might send instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from zkinfer_verify.field.prime import P
from zkinfer_verify.hashing.digest import DIGEST_BYTES, decode_base, encode_base, encode_u64

Parts = dict[str, bytes]
"""A proof's sections by name, in wire order."""

WORD = 8
HEADER_PARTS = ("magic and version", "statement digest", "context")
EXT_PARTS = ("scalars", "y", "reveals", "proximity vector", "linear vector")
COLUMN_PARTS = {"columns of W": None, "columns of A": "salts of A", "columns of Q": "salts of Q"}
FIELD_PARTS = (*EXT_PARTS, *COLUMN_PARTS)
DIGEST_PARTS = ("root of A", "root of Q", "salts of A", "salts of Q", "Merkle siblings")
CONTEXT_HEADER = 8


@dataclass(frozen=True)
class Source:
    """Where a mutation may take bytes from: another proof of the same statement; queries: columns opened of each code;
    bound: of the public outputs."""

    other: Mapping[str, bytes]
    queries: int
    bound: int


Mutation = Callable[[Random, Parts, Source], None]


def _any_part(draw: Random, parts: Parts, names: Sequence[str] = ()) -> str:
    return draw.choice([name for name in names or parts if parts[name]])


def _replace(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _element_place(draw: Random, parts: Parts) -> tuple[str, int]:
    name = _any_part(draw, parts, FIELD_PARTS)
    return name, WORD * draw.randrange(len(parts[name]) // WORD)


# -- bits, bytes and elements ------------------------------------------------------------------------------------------


def flip_bits(draw: Random, parts: Parts, source: Source) -> None:
    """Flip one to three bits of one part."""
    name = _any_part(draw, parts)
    data = bytearray(parts[name])
    for _ in range(draw.randint(1, 3)):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    parts[name] = bytes(data)


def replace_bytes(draw: Random, parts: Parts, source: Source) -> None:
    """Replace a run of up to 32 bytes by random ones, zeros or ones."""
    name = _any_part(draw, parts)
    start = draw.randrange(len(parts[name]))
    length = min(draw.randint(1, 32), len(parts[name]) - start)
    piece = draw.choice([draw.randbytes(length), bytes(length), b"\xff" * length])
    parts[name] = _replace(parts[name], start, piece)


def change_element(change: Callable[[Random, int], int]) -> Mutation:
    """Return the mutation that changes one element of F, or a coefficient of one of E."""

    def mutation(draw: Random, parts: Parts, source: Source) -> None:
        name, at = _element_place(draw, parts)
        (value,) = decode_base(parts[name][at : at + WORD])
        parts[name] = _replace(parts[name], at, encode_u64(change(draw, value)))

    return mutation


def _not_canonical(draw: Random, value: int) -> int:
    """Encode the same element a second time where there is a second encoding, else any word from p on."""
    return value + P if value + P < 2**64 else draw.randrange(P, 2**64)


def swap_elements(draw: Random, parts: Parts, source: Source) -> None:
    """Swap two elements of one part."""
    name = _any_part(draw, parts, FIELD_PARTS)
    size = draw.choice([WORD, 2 * WORD]) if name in EXT_PARTS else WORD
    pieces = _pieces(parts[name], size)
    i, j = draw.randrange(len(pieces)), draw.randrange(len(pieces))
    pieces[i], pieces[j] = pieces[j], pieces[i]
    parts[name] = b"".join(pieces)


def opposite_errors(draw: Random, parts: Parts, source: Source) -> None:
    """Add an error to one element and take it from another of the same part: their sum stays."""
    name = _any_part(draw, parts, FIELD_PARTS)
    words = list(decode_base(parts[name]))
    error = draw.choice([1, draw.randrange(1, P)])
    i, j = draw.randrange(len(words)), draw.randrange(len(words))
    words[i] = (words[i] + error) % P
    words[j] = (words[j] - error) % P
    parts[name] = encode_base(words)


def multiply_part(draw: Random, parts: Parts, source: Source) -> None:
    """Multiply all elements of one part by one factor: what is linear in them stays consistent."""
    name = _any_part(draw, parts, FIELD_PARTS)
    factor = draw.choice([0, 2, P - 1, draw.randrange(P)])
    parts[name] = encode_base([word * factor % P for word in decode_base(parts[name])])


# -- another proof -----------------------------------------------------------------------------------------------------


def element_of_another_proof(draw: Random, parts: Parts, source: Source) -> None:
    """Take one element from the same place of another proof."""
    name, at = _element_place(draw, parts)
    parts[name] = _replace(parts[name], at, source.other[name][at : at + WORD])


def parts_of_another_proof(draw: Random, parts: Parts, source: Source) -> None:
    """Take one to all but one of the parts from another proof."""
    names = draw.sample(list(parts), draw.choice([1, 1, 1, 2, 3, draw.randrange(1, len(parts))]))
    parts.update({name: source.other[name] for name in names})


def mix_with_another_proof(draw: Random, parts: Parts, source: Source) -> None:
    """Replace parts x by c x + (1 - c) x' of two proofs: what is linear in both stays consistent."""
    factor = draw.choice([2, (P + 1) // 2, draw.randrange(P)])
    for name in draw.sample(FIELD_PARTS, draw.choice([1, 1, 2, len(FIELD_PARTS)])):
        pairs = zip(decode_base(parts[name]), decode_base(source.other[name]), strict=True)
        parts[name] = encode_base([(factor * x + (1 - factor) * y) % P for x, y in pairs])


# -- lengths and order -------------------------------------------------------------------------------------------------


def cut_off(draw: Random, parts: Parts, source: Source) -> None:
    """Cut the proof off, inside a part or at its end."""
    names = list(parts)
    last = draw.choice(names)
    parts[last] = parts[last][: draw.choice([0, draw.randrange(len(parts[last]) or 1)])]
    for name in names[names.index(last) + 1 :]:
        parts[name] = b""


def shorten_part(draw: Random, parts: Parts, source: Source) -> None:
    """Drop bytes, words or digests from one part; what follows moves up."""
    name = _any_part(draw, parts)
    size = min(draw.choice([1, WORD, 2 * WORD, DIGEST_BYTES]), len(parts[name]))
    at = draw.randrange(len(parts[name]) // size) * size
    parts[name] = parts[name][:at] + parts[name][at + size :]


def lengthen_part(draw: Random, parts: Parts, source: Source) -> None:
    """Put bytes into one part, or at its end: zeros, random ones, or bytes of its own."""
    name = draw.choice(list(parts))
    size = draw.choice([1, WORD, 2 * WORD, DIGEST_BYTES, 1000])
    at = draw.choice([len(parts[name]), size * draw.randrange(len(parts[name]) // size + 1)])
    piece = draw.choice([bytes(size), draw.randbytes(size), parts[name][:size]])
    parts[name] = parts[name][:at] + piece + parts[name][at:]


def extend(draw: Random, parts: Parts, source: Source) -> None:
    """Append bytes to the proof."""
    size = draw.choice([1, WORD, DIGEST_BYTES, draw.randint(1, 5000)])
    parts["Merkle siblings"] += draw.choice([bytes(size), draw.randbytes(size), b"".join(parts.values())])


def exchange_parts(draw: Random, parts: Parts, source: Source) -> None:
    """Let two parts change places."""
    one, other = draw.sample(list(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]


def permute_columns(draw: Random, parts: Parts, source: Source) -> None:
    """Permute the opened columns of one code, with their salts or without."""
    name = _any_part(draw, parts, list(COLUMN_PARTS))
    order = _permutation(draw, source.queries)
    salts = COLUMN_PARTS[name]
    for part in (name, *([salts] if salts and draw.randrange(2) else [])):
        pieces = _pieces(parts[part], len(parts[part]) // source.queries)
        parts[part] = b"".join(pieces[k] for k in order)


def permute_rows(draw: Random, parts: Parts, source: Source) -> None:
    """Permute the rows of one code, in all of its opened columns alike."""
    name = _any_part(draw, parts, list(COLUMN_PARTS))
    columns = [_pieces(column, WORD) for column in _pieces(parts[name], len(parts[name]) // source.queries)]
    order = _permutation(draw, len(columns[0]))
    parts[name] = b"".join(column[k] for column in columns for k in order)


def permute_digests(draw: Random, parts: Parts, source: Source) -> None:
    """Permute the Merkle siblings, or the salts of one code."""
    name = draw.choice(["Merkle siblings", "Merkle siblings", "salts of A", "salts of Q"])
    pieces = _pieces(parts[name], DIGEST_BYTES)
    parts[name] = b"".join(pieces[k] for k in _permutation(draw, len(pieces)))


def replace_digest(draw: Random, parts: Parts, source: Source) -> None:
    """Replace a root, a salt or a sibling: by zeros, random bytes, or another of the proof's."""
    name = draw.choice(DIGEST_PARTS)
    at = DIGEST_BYTES * draw.randrange(len(parts[name]) // DIGEST_BYTES)
    found = draw.choice(_pieces(parts[draw.choice(DIGEST_PARTS)], DIGEST_BYTES))
    parts[name] = _replace(parts[name], at, draw.choice([bytes(DIGEST_BYTES), draw.randbytes(DIGEST_BYTES), found]))


def _permutation(draw: Random, length: int) -> list[int]:
    """Two places swapped, all rotated by one, or any order."""
    order = list(range(length))
    kind = draw.randrange(3)
    if kind == 0 and length > 1:
        i, j = draw.sample(order, 2)
        order[i], order[j] = j, i
    elif kind == 1:
        order = order[1:] + order[:1]
    else:
        draw.shuffle(order)
    return order


# -- what the proof is about -------------------------------------------------------------------------------------------


def change_output(draw: Random, parts: Parts, source: Source) -> None:
    """Change one public integer: by one, its sign, to an end of its range, beyond it, or to anything."""
    at = WORD * draw.randrange(len(parts["outputs"]) // WORD)
    value = int.from_bytes(parts["outputs"][at : at + WORD], "little", signed=True)
    within = draw.randint(-source.bound, source.bound)
    ends = (-source.bound, source.bound, source.bound + 1, -(2**63), 2**63 - 1)
    changed = draw.choice([value + 1, value - 1, -value, within, draw.choice(ends)])
    parts["outputs"] = _replace(parts["outputs"], at, encode_u64(changed % 2**64))


def change_context(draw: Random, parts: Parts, source: Source) -> None:
    """Bind the proof to another context, of this length or another, or state a false length."""
    context = parts["context"][CONTEXT_HEADER:]
    longer = draw.choice([context + b"\0", b"\0" + context, context[:-1], b"", draw.randbytes(draw.randint(0, 100))])
    stated = draw.choice([len(longer), len(longer), len(longer), len(context), draw.getrandbits(64)])
    parts["context"] = encode_u64(stated) + longer


# -- all ---------------------------------------------------------------------------------------------------------------


SINGLE: dict[str, Mutation] = {
    "bits flipped": flip_bits,
    "bytes replaced": replace_bytes,
    "element + 1": change_element(lambda draw, value: (value + 1) % P),
    "element - 1": change_element(lambda draw, value: (value - 1) % P),
    "element negated": change_element(lambda draw, value: -value % P),
    "element 0": change_element(lambda draw, value: 0),
    "element 1": change_element(lambda draw, value: 1),
    "element p - 1": change_element(lambda draw, value: P - 1),
    "element random": change_element(lambda draw, value: draw.randrange(P)),
    "element not canonical": change_element(_not_canonical),
    "elements swapped": swap_elements,
    "opposite errors": opposite_errors,
    "part multiplied": multiply_part,
    "element of another proof": element_of_another_proof,
    "parts of another proof": parts_of_another_proof,
    "mixed with another proof": mix_with_another_proof,
    "cut off": cut_off,
    "part shortened": shorten_part,
    "part lengthened": lengthen_part,
    "extended": extend,
    "parts exchanged": exchange_parts,
    "columns permuted": permute_columns,
    "rows permuted": permute_rows,
    "siblings or salts permuted": permute_digests,
    "digest replaced": replace_digest,
    "output changed": change_output,
    "context changed": change_context,
}
SEVERAL = "several at once"
KEEP_SHAPE = tuple(
    name
    for name in SINGLE
    if name not in {"cut off", "part shortened", "part lengthened", "extended", "parts exchanged"}
)
"""Mutations after which the proof still has its shape, so that others can follow."""


def mutate(draw: Random, parts: Parts, source: Source) -> str:
    """Change a proof's parts in place, in one way or, one time in six, in several; return the name of the way."""
    if draw.randrange(6):
        name = draw.choice(list(SINGLE))
        SINGLE[name](draw, parts, source)
        return name
    for _ in range(draw.randint(2, 5)):
        SINGLE[draw.choice(KEEP_SHAPE)](draw, parts, source)
    return SEVERAL
