"""Records in memory: classes that state their fields, the numpy types made from them, and access by index.

All kernels take one argument for the whole state, a `Desk` record that also holds the addresses of the tables. A
record is one pointer to the compiler, so calls are cheap and the kernels compile in a fraction of the time that a
tuple of arrays takes. The price: indices are not checked and the tables must outlive the call (`State` holds them).
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast, get_type_hints

import numpy as np

I4 = Annotated[int, "i4"]
I8 = Annotated[int, "i8"]
U8 = Annotated[int, "u8"]
F8 = Annotated[float, "f8"]
T = TypeVar("T")


def layout(record: type) -> "np.dtype[np.void]":
    """The numpy type with the annotated fields of a class, widest first."""
    hints = get_type_hints(record, include_extras=True)
    fields = [(name, hint.__metadata__[0]) for name, hint in hints.items()]
    return np.dtype(sorted(fields, key=lambda f: -int(f[1][1:])), align=True)


def table(name: str, record: type[T]) -> Callable[[Any, int], T]:
    """A compiled function (desk, i) -> record i of the table whose address the desk holds under `name`."""
    from numba import from_dtype, types
    from numba.core import cgutils as untyped
    from numba.extending import intrinsic

    cgutils: Any = untyped
    element = from_dtype(layout(record))

    def at(typing: Any, desk: Any, i: Any) -> Any:
        offset = desk.offset(name)

        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = cgutils.get_record_member(builder, arguments[0], offset, context.get_data_type(types.int64))
            index = context.cast(builder, arguments[1], signature.args[1], types.int64)
            size = index.type(element.size)
            return builder.inttoptr(builder.add(builder.load(place), builder.mul(index, size)), context.get_value_type(element))

        return element(desk, i), emit

    return cast("Callable[[Any, int], T]", intrinsic(at))
