"""pandas as referee: files as people write them with pandas and NumPy, and what is true of each."""

from .arrays import arrays
from .columns import columns
from .dialects import dialects
from .documents import documents
from .facts import Refused, differences
from .indices import indices
from .others import others
from .times import times
from .writing import writing

__all__ = ["Refused", "differences", "files"]


def files():
    for group in (dialects, writing, indices, times, columns, arrays, documents, others):
        yield from group()
