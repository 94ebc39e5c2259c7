"""The mutants of a source file: every small way in which one of its checks could be missing or too weak.

Each operator looks at one node of the syntax tree and offers replacements; it knows nothing of tests or files.

check never taken   the `if` of a check that raises; branch never taken: of an early return or a `continue`
call dropped        a call that checks, absorbs, or leaves a constraint, a claim or a part of the proof
boundary            < for <=, > for >=, and the other way round: differs at the limit alone
drop .. comparison  one side of 0 <= x < n; drop part: one part of an `and` or `or`; drop summand: the right one
drop element        a part of what is hashed, of what tells groups apart, of a message's or a proof's parts
strict dropped      zip of sequences that must have one length
fixed challenge     drawn, and replaced by what a prover could foresee
constant changed    a constant of a module, the last literal of its value: a limit, a tag, a number of the format

What a check says when it fails is no check: texts are left alone, and so is what only typing reads.
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

CHECK_CALLS = {"zero", "finish", "claim_rows", "append"}
HASHES = {"sha256", "leaf_digest", "node_digest"}
DRAWN_ONE = {"challenge"}
DRAWN_MANY = {"challenges", "coefficients", "point"}

# A comparison and its neighbour, which differs at the boundary alone.
NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


@dataclass(frozen=True)
class Change:
    """One replacement.

    kind: the operator's name; holder: the outermost function that holds it, or a constant of the module; lines: first
    and last line of the statement's head; before: the text that is replaced; number: which of the equal ones in its
    holder; write: makes `source`, the whole file with the replacement.
    """

    kind: str
    holder: str
    lines: tuple[int, int]
    before: str
    number: int
    write: Callable[[], str] = field(compare=False, repr=False)

    @property
    def source(self) -> str:
        """The whole file with the replacement."""
        return self.write()


def changes(source: str) -> list[Change]:
    """List every mutant of a file, in the order of its text."""
    tree = ast.parse(source)
    found: list[Change] = []
    seen: dict[tuple[str, str, str], int] = {}
    for place in _places(tree):
        for kind, replacement in _replacements(place):
            before = ast.unparse(_shown(place.node))
            key = (kind, place.holder, before)
            seen[key] = seen.get(key, 0) + 1
            write = partial(_replaced, tree, place.node, replacement)
            found.append(Change(kind, place.holder, place.lines, before, seen[key], write))
    return found


@dataclass(frozen=True)
class _Place:
    node: ast.AST
    holder: str
    lines: tuple[int, int]


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Yield each node with the function and the statement that hold it; docstrings and annotations are no code."""

    def walk(node: ast.AST, holder: str, scope: str, lines: tuple[int, int]) -> Iterator[_Place]:
        if isinstance(node, ast.stmt):
            lines = _head(node)
        if isinstance(node, ast.ClassDef):
            scope = f"{scope}{node.name}."
        elif isinstance(node, ast.FunctionDef):
            holder = holder or f"{scope}{node.name}"
        elif isinstance(node, ast.Assign) and not scope:
            holder = holder or _name(node.targets[0])
        if holder:
            yield _Place(node, holder, lines)
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "bases", "args"} and not isinstance(node, ast.Call):
                continue
            if isinstance(node, ast.BinOp) and name == "left" and isinstance(value, ast.Constant):
                continue  # 1 << 24 is one number, not two
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_text(child):
                    yield from walk(child, holder, scope, lines)

    yield from walk(tree, "", "", (0, 0))


def _head(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement without the statements inside it."""
    body = getattr(statement, "body", None)
    return statement.lineno, max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or 0


def _is_text(node: ast.AST) -> bool:
    """Whether a node is a docstring, an error, a text with values in it, or a name for typing alone."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return _name(node.value.func) == "TypeVar"
    return isinstance(node, ast.Raise | ast.JoinedStr) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _shown(node: ast.AST) -> ast.AST:
    """What names a mutant: of an `if`, its condition and not its body."""
    return node.test if isinstance(node, ast.If) else node


def _replaced(tree: ast.Module, node: ast.AST, replacement: ast.AST) -> str:
    class Swap(ast.NodeTransformer):
        def visit(self, visited: ast.AST) -> ast.AST:
            return replacement if visited is node else self.generic_visit(visited)

    # deepcopy with a memo that maps the node to itself: the copy is changed, the tree stays as it is.
    copied = deepcopy(tree, {id(node): node})
    return ast.unparse(ast.fix_missing_locations(Swap().visit(copied)))


def _replacements(place: _Place) -> Iterator[tuple[str, ast.AST]]:
    node = place.node
    if isinstance(node, ast.If):
        yield from _untaken(node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _uncalled(node.value)
    elif isinstance(node, ast.Compare):
        yield from _boundaries(node)
    elif isinstance(node, ast.BoolOp):
        for k in range(len(node.values)):
            rest = node.values[:k] + node.values[k + 1 :]
            yield f"drop part {k + 1}", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield "drop summand", node.left
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and _name(node.targets[0]) == "key":
        for k, kept in enumerate(_shorter(node.value.elts)):
            yield f"drop element {k + 1}", ast.Assign(node.targets, ast.Tuple(kept, ast.Load()))
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 4:
        for k, kept in enumerate(_shorter(node.value.elts)):
            yield f"drop element {k + 1}", ast.Return(ast.Tuple(kept, ast.Load()))
    elif isinstance(node, ast.Constant) and place.holder.isupper():
        if type(node.value) is int:
            yield "constant changed", ast.Constant(node.value + 1)
        elif isinstance(node.value, str | bytes):
            yield "constant changed", ast.Constant(node.value[:-1])


def _untaken(node: ast.If) -> Iterator[tuple[str, ast.AST]]:
    if any(isinstance(statement, ast.Raise) for statement in node.body):
        yield "check never taken", ast.If(ast.Constant(False), node.body, node.orelse)
    elif any(isinstance(statement, ast.Continue | ast.Return) for statement in node.body):
        yield "branch never taken", ast.If(ast.Constant(False), node.body, node.orelse)


def _uncalled(call: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name(call.func)
    if name in CHECK_CALLS or name.lstrip("_").startswith(("check_", "need", "require", "absorb")):
        yield "call dropped", ast.Pass()


def _boundaries(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for k, operator in enumerate(node.ops):
        if type(operator) in NEIGHBOURS:
            moved = [*node.ops[:k], NEIGHBOURS[type(operator)](), *node.ops[k + 1 :]]
            yield f"boundary {k + 1}", ast.Compare(node.left, moved, node.comparators)
    if len(node.ops) > 1:
        yield "drop first comparison", ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
        yield "drop last comparison", ast.Compare(node.left, node.ops[:-1], node.comparators[:-1])


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name(node.func)
    if any(keyword.arg == "strict" and ast.unparse(keyword.value) == "True" for keyword in node.keywords):
        yield "strict dropped", ast.Call(node.func, node.args, [ast.keyword("strict", ast.Constant(False))])
    if name in HASHES and len(node.args) > 1:
        for k, kept in enumerate(_shorter(node.args)):
            if name == "sha256" or not isinstance(node.func, ast.Name):
                yield f"drop element {k + 1}", ast.Call(node.func, kept, node.keywords)
    if name == "join" and node.args and isinstance(node.args[0], ast.Tuple):
        for k, kept in enumerate(_shorter(node.args[0].elts)):
            yield f"drop element {k + 1}", ast.Call(node.func, [ast.Tuple(kept, ast.Load())], node.keywords)
    if name in DRAWN_ONE and isinstance(node.func, ast.Attribute):
        yield "fixed challenge", _fixed("(lambda drawn: type(drawn)(5, 3))(None)", node)
    if name in DRAWN_MANY and isinstance(node.func, ast.Attribute):
        yield "fixed challenge", _fixed("(lambda drawn: [type(e)(5, 3) for e in drawn])(None)", node)
    if name == "positions" and isinstance(node.func, ast.Attribute):
        yield "fixed challenge", _fixed("(lambda drawn: list(range(len(drawn))))(None)", node)


def _fixed(text: str, drawn: ast.expr) -> ast.expr:
    """Draw, so that the transcript stays as it is, and pass over what was drawn."""
    call = ast.parse(text, mode="eval").body
    return ast.Call(call.func, [drawn], []) if isinstance(call, ast.Call) else call


def _shorter(items: list[ast.expr]) -> list[list[ast.expr]]:
    return [items[:k] + items[k + 1 :] for k in range(len(items))]


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
