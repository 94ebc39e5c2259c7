"""What the witness, and everything made of it, has in common: it does not show itself and is not written out."""

from typing import NoReturn, SupportsIndex


class Hidden:
    """A base for types that hold secrets: no number in their repr, no pickle and no copy, which pickle would make."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse.

        Errors: TypeError.
        """
        raise TypeError(f"{type(self).__name__} holds secrets and is never written out or copied")
