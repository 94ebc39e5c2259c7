"""All attacks, by class: each file of `classes/` is a class, numbered by its name, and says first what the idea is."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from attacks import classes
from attacks.attack import Attack


@dataclass(frozen=True)
class AttackClass:
    """A class of attacks: its number and name (those of its file), its idea in one sentence, and its attacks."""

    number: int
    name: str
    idea: str
    attacks: tuple[Attack, ...]


def attack_classes() -> Iterator[AttackClass]:
    """Yield the classes in the order of their numbers. A file is named aNN_what.py and has a function `attacks`."""
    for found in sorted(iter_modules(classes.__path__), key=lambda module: module.name):
        module = import_module(f"{classes.__name__}.{found.name}")
        number, _, name = found.name.removeprefix("a").partition("_")
        idea = (module.__doc__ or "").partition("\n")[0]
        yield AttackClass(int(number), name.replace("_", " "), idea, tuple(module.attacks()))
