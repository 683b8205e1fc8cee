"""Many pictures, several at a time."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Iterable, Iterator, Optional, Sized, Tuple, Union

import msgspec
from msgspec import UNSET, UnsetType
from tqdm import tqdm

from .idl.gen.privateid_types import CallResult, OperationConfig
from .images import ImageInputArg, ImageSource

__all__ = ["BatchItem", "process_batch"]

Operation = Callable[[ImageInputArg, Optional[OperationConfig]], Tuple[Any, ...]]


class BatchItem(msgspec.Struct, repr_omit_defaults=True):
    """What became of one picture: a result, or the exception that it could not be read for."""

    source: Any
    operation_id: int = -1
    result: Union[CallResult, UnsetType] = UNSET
    extra: Tuple[bytes, ...] = ()  # pixels of face_iso and doc_scan_face
    error: Optional[Exception] = None


def _process(operation: Operation, source: Any, config: Optional[OperationConfig]) -> BatchItem:
    try:
        image = source if isinstance(source, ImageInputArg) else ImageInputArg(source)
    except (OSError, ValueError, TypeError) as error:
        return BatchItem(source, error=error)
    operation_id, result, *extra = operation(image, config)
    return BatchItem(source, operation_id, result, tuple(extra))


def process_batch(operation: Operation, sources: "Iterable[ImageInputArg | ImageSource]",
                  config: Optional[OperationConfig] = None, *, workers: Optional[int] = None,
                  progress: Optional[bool] = None) -> Iterator[BatchItem]:
    """Calls an operation of a session for each picture, and yields what came of them, in order.

        for item in process_batch(session.validate, Path("photos").glob("*.jpg")):
            print(item.source, item.error or len(item.result.faces))

    A picture that cannot be read is an item with an error, and does not end the batch. Only as many
    pictures are open as there are workers (by default, the processors).
    progress: True or False for the bar, None for one where standard error is a terminal.
    """
    count = workers if workers is not None else os.cpu_count() or 1
    if count < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    total = len(sources) if isinstance(sources, Sized) else None
    bar = tqdm(total=total, unit="picture", disable=None if progress is None else not progress)
    running: "list[Future[BatchItem]]" = []
    pool = ThreadPoolExecutor(count, thread_name_prefix="privid-batch")
    try:
        for source in sources:
            running.append(pool.submit(_process, operation, source, config))
            if len(running) > count:
                yield _finished(running, bar)
        while running:
            yield _finished(running, bar)
    finally:
        for future in running:
            future.cancel()
        pool.shutdown()
        bar.close()


def _finished(running: "list[Future[BatchItem]]", bar: "tqdm[Any]") -> BatchItem:
    item = running.pop(0).result()
    bar.update()
    return item
