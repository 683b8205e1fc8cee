"""Helpers for sums of flags."""

from enum import IntFlag
from typing import Iterable, List, Type, TypeVar, Union

Flag = TypeVar("Flag", bound=IntFlag)
FlagOrMany = Union[int, Iterable[int]]


def _sum_of(flags: Iterable[FlagOrMany]) -> int:
    total = 0
    for flag in flags:
        total |= int(flag) if isinstance(flag, int) else _sum_of(flag)
    return total


class FlagUtil:
    """Takes sums of `FaceTraitsFlags` or `DocumentTraits` apart."""

    @staticmethod
    def get_active_flags(flag_class: Type[Flag], value: int) -> List[Flag]:
        """The flags that are in the value, lowest bit first; bits without a name are left out."""
        members = flag_class.__members__.values()
        return [flag for flag in members if flag.value and value & flag.value == flag.value]

    @staticmethod
    def get_flag_names(flag_class: Type[Flag], value: int) -> List[str]:
        """The names of the flags that are in the value."""
        members = flag_class.__members__.items()
        return [name for name, flag in members if flag.value and value & flag.value == flag.value]

    @staticmethod
    def has_flag(value: int, flag: int) -> bool:
        """Whether the flag is in the value; the flag 0 is in the value 0 only."""
        return value == 0 if int(flag) == 0 else value & int(flag) == int(flag)

    @staticmethod
    def has_any(value: int, *flags: FlagOrMany) -> bool:
        """Whether at least one of the flags is in the value."""
        return bool(value & _sum_of(flags))

    @staticmethod
    def has_all(value: int, *flags: FlagOrMany) -> bool:
        """Whether every one of the flags is in the value."""
        total = _sum_of(flags)
        return value & total == total
