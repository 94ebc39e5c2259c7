"""The house rules as functions from source text to violations; an empty list is a clean file.

Each rule is tried on a bad sample in test_rules_can_fail.py and on the project in the other files of this folder.
"""

import ast
import re
import sys
from collections.abc import Iterator

MAX_FILE_LINES = 400
# Of what `verify` imports, which is all that an accepted proof depends on; and with the tools around it.
MAX_VERIFYING_LINES = 3850
MAX_VERIFIER_LINES = 4350

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# Absolute paths of one machine, and addresses of one registry.
MACHINE = re.compile(
    r"(?<![\w.~-])/(?:work|root|home/\w+|Users/\w+|mnt/\w+|opt/wheels)/"
    r"|\b(?:extra-)?index[-]url\b|\bfind[-]links\b"
    r"|\bhttps?://(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)"
)


def asserts(source: str) -> list[str]:
    """List the assert statements: `python -O` removes them, and a check with them."""
    return [f"line {node.lineno}: assert" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of every import, also those inside functions; a relative one keeps its dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            yield from ((node.lineno, f"{module.removesuffix('.')}.{alias.name}") for alias in node.names)


def foreign_imports(source: str, own: str) -> list[str]:
    """List the imports of anything but the standard library and the package `own`, and any by a computed name."""
    allowed = {own, *sys.stdlib_module_names}
    wrong = [f"line {line}: import {name}" for line, name in imports(source) if name.split(".")[0] not in allowed]
    dynamic = [
        f"line {node.lineno}: import by a computed name"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in {"__import__", "import_module"}
    ]
    return wrong + dynamic


def native_imports(source: str) -> list[str]:
    """List the imports of the Rust extension."""
    return [f"line {line}: import {name}" for line, name in imports(source) if "_native" in name.split(".")]


def missing_docstrings(source: str) -> list[str]:
    """List the module and the public classes, functions and methods that say nothing about themselves."""
    module = ast.parse(source)
    missing = [] if ast.get_docstring(module) else ["the module"]
    return missing + [f"line {node.lineno}: {node.name}" for node in _public(module) if not ast.get_docstring(node)]


def _public(node: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    for child in node.body:
        if isinstance(child, Definition) and not child.name.startswith("_") and not _is_overload(child):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def _is_overload(node: Definition) -> bool:
    """A setter and an overload repeat a definition that has its docstring elsewhere."""
    names = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(names & {"overload", "setter", "override"})


def too_long(source: str, limit: int = MAX_FILE_LINES) -> list[str]:
    """Say so when a file has more than `limit` lines: it tells more than one idea."""
    lines = len(source.splitlines())
    return [f"{lines} lines, more than {limit}"] if lines > limit else []


def machine_words(text: str) -> list[str]:
    """List the lines that name a path or a registry of one machine."""
    return [f"line {i}: {line.strip()[:80]}" for i, line in enumerate(text.splitlines(), 1) if MACHINE.search(line)]


def silenced_lints(source: str) -> list[str]:
    """List the silenced lints that do not say which lint they silence."""
    return [
        f"line {i}: {line.strip()[:80]}"
        for i, line in enumerate(source.splitlines(), 1)
        if re.search(r"#\s*(noqa(?!: [A-Z]+\d)|type:\s*ignore(?!\[))", line)
    ]
