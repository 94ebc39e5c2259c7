"""Tables in Markdown, and the marks between which a page holds what a record says."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all but its first column are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def replace_record(page: str, name: str, text: str) -> str:
    """Replace what stands on a page between the marks of a record.

    Errors: ValueError when the page does not have each mark once.
    """
    begin, end = f"<!-- record {name} begins -->", f"<!-- record {name} ends -->"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def spread(value: dict[str, float], digits: int = 3) -> str:
    """Return a median with minimum and maximum behind it."""
    return f"{value['median']:.{digits}f} ({value['min']:.{digits}f} to {value['max']:.{digits}f})"
