"""How native functions are called: Ctrl-C, and processes that fork."""

import os
import threading
from typing import Any, Callable, List, TypeVar

Value = TypeVar("Value")

FORKED = ("this process was forked from one that had initialised the library, whose threads and "
          "locks do not come along: start processes with the method \"spawn\" or \"forkserver\" "
          "of multiprocessing, or initialise after the fork")


class Owner:
    """Remembers which process something belongs to."""

    def __init__(self) -> None:
        self._process = os.getpid()

    def is_here(self) -> bool:
        """False in a process that was forked since."""
        return self._process == os.getpid()


def call_interruptibly(function: Callable[[], Value]) -> Value:
    """Calls a function that may wait for a network, and lets Ctrl-C through meanwhile.

    Python handles signals in the main thread, and only when no native function runs there. So the
    main thread has another one make the call, and waits. A call that is given up ends by itself.
    """
    if threading.current_thread() is not threading.main_thread():
        return function()
    values: List[Value] = []
    errors: List[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            values.append(function())
        except BaseException as error:  # raised where it belongs
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=work, name="privid-call", daemon=True).start()
    done.wait()
    if errors:
        raise errors[0]
    return values[0]


def after_fork(action: Callable[[], Any]) -> None:
    """Has the action called in every child that this process forks."""
    os.register_at_fork(after_in_child=action)
