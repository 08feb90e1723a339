"""How kernels are compiled: without reference counting, without the GIL, kept on disk."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numba.core.config

from .cache import cache_folder

F = TypeVar("F", bound=Callable[..., Any])

settings: Any = numba.core.config
settings.CACHE_DIR = str(cache_folder())
njit: Any = numba.njit  # its stubs do not know all options


def kernel(function: F) -> F:
    """Compile a function when it is first called; nothing in it may allocate memory or raise."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))
