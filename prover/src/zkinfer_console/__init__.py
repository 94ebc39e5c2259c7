"""What the command `zkinfer` calls: it stands outside of `zkinfer`, since importing that takes half a second.

A person who interrupts the command in that time sees no trace of it, as later.
"""

import sys

INTERRUPTED = 130
"""What shells make of a process that SIGINT ended."""


def main() -> None:
    """Run the command line; it exits with its code, or quietly with 130 where it is interrupted before it works."""
    try:
        from zkinfer.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
