"""Measure the parts that are named, or all, and write the pages made of the records: `make bench PARTS="batch mlp"`."""

import sys

from benches.pages import write_pages
from benches.parts import PARTS, measure

PAGES = "pages"


def main() -> int:
    """Measure part after part, each with a record of its own, so that what is interrupted goes on with the next."""
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in (*PARTS, PAGES)]:
        print(f"No part is called {unknown[0]!r}; the parts are {', '.join(PARTS)}, and {PAGES}.", file=sys.stderr)
        return 2
    for name in names:
        if name != PAGES and (code := measure(name)):
            return code
        write_pages()
    return 0


if __name__ == "__main__":
    sys.exit(main())
