"""A property that is worked out once for each object, and is an ordinary attribute from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):
    """`functools.cached_property` takes a lock each time (until Python 3.12), and an act asks ten times.

    One thread judges an act; two would at worst work the same value out twice.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, one: None, owner: type) -> lazy[T]: ...

    @overload
    def __get__(self, one: object, owner: type) -> T: ...

    def __get__(self, one: object | None, owner: type) -> lazy[T] | T:
        """Return the value, and leave it in the object, where it is found before this."""
        if one is None:
            return self
        value = self._make(one)
        one.__dict__[self._name] = value
        return value
