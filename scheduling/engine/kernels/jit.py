"""How kernels are compiled: without reference counting, without the GIL, kept on disk."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numba.core.config
from numba.core import types as untyped_types

from .cache import cache_folder

F = TypeVar("F", bound=Callable[..., Any])

settings: Any = numba.core.config
settings.CACHE_DIR = str(cache_folder())
njit: Any = numba.njit  # its stubs do not know all options
types: Any = untyped_types


def kernel(function: F) -> F:
    """Compile a function when it is first called; nothing in it may allocate memory or raise."""
    return cast(F, _once(njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)))


def _once(dispatcher: Any) -> Any:
    """Let kernels call it in one version only.

    numba would compile one for each mix of narrow and wide numbers and constants, which takes two and a half times as long.
    """
    template = dispatcher.get_call_template

    def widened(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return template(tuple(map(_wide, arguments)), named)

    dispatcher.get_call_template = widened
    return dispatcher


def _wide(kind: Any) -> Any:
    """The type of any value of a kind: whole numbers have 64 bits."""
    general = types.unliteral(kind)
    return types.int64 if isinstance(general, types.Integer) else general
