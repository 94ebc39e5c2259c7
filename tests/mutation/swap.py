"""Put a mutant into the running program: the function's code is replaced, so whoever holds the function runs it."""

import importlib
import sys
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any


def swap(module: str, holder: str, source: str) -> None:
    """Put the function or the constant of this name in place, as it is in `source`."""
    if holder.isupper():
        swap_constants(module, source)
    else:
        swap_function(module, holder, source)


def swap_constants(module: str, source: str) -> None:
    """Give each constant of a module its value in `source`, wherever it was imported to."""
    before = vars(importlib.import_module(module))
    after: dict[str, Any] = {"__name__": module}
    exec(compile(source, f"mutant of {module}", "exec"), after)
    changed = {name: after[name] for name in after if name.isupper() and after[name] != before[name]}
    for holder in _ours():
        for name in changed.keys() & vars(holder).keys():
            setattr(holder, name, changed[name])


def swap_function(module: str, function: str, source: str) -> None:
    """Give a function of a module, named as "f" or "Class.f", the code that it has in `source`."""
    code = compile(source, f"mutant of {module}", "exec")
    for name in function.split("."):
        code = next(part for part in code.co_consts if isinstance(part, CodeType) and part.co_name == name)
    live_function(module, function).__code__ = code


def live_function(module: str, function: str) -> FunctionType:
    """Return the function itself, without what decorates it.

    Errors: TypeError when the name is no function.
    """
    holder: Any = importlib.import_module(module)
    for name in function.split("."):
        holder = vars(holder)[name]
    if isinstance(holder, property):
        holder = holder.fget
    elif isinstance(holder, cached_property):
        holder = holder.func
    elif isinstance(holder, staticmethod):
        holder = holder.__func__
    holder = getattr(holder, "__wrapped__", holder)
    if not isinstance(holder, FunctionType):
        raise TypeError(f"{module}: {function} is no function")
    return holder


def forget_results() -> None:
    """Clear the caches of functions: nothing that was computed before a mutant stands in for it."""
    for module in _ours():
        for value in list(vars(module).values()):
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()


def _ours() -> list[ModuleType]:
    """The modules that hold the verifier, or use it. The slow definition has constants of its own."""
    own = {"zkinfer_verify", "zkinfer", "attacks", "tests"}
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in own]
