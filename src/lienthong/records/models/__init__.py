"""Tables of the workplace: registers and what stands in them."""

from lienthong.records.models.books import Book, Direction, NumberSeries, SavedView
from lienthong.records.models.incoming import Endorsement, IncomingAct, IncomingDocument
from lienthong.records.models.reporting import ReportJob, ReportState, StatusNotice
from lienthong.records.models.search import SearchEntry, TextState

__all__ = [
    "Book",
    "Direction",
    "Endorsement",
    "IncomingAct",
    "IncomingDocument",
    "NumberSeries",
    "ReportJob",
    "ReportState",
    "SavedView",
    "SearchEntry",
    "StatusNotice",
    "TextState",
]
