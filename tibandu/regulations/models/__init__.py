"""The tables of the rule library, the measure as data, and the calendar."""

from tibandu.regulations.models.calendar import CalendarDay, CalendarYear
from tibandu.regulations.models.library import Article, Document, ReadReceipt, Version
from tibandu.regulations.models.measure import (
    Category,
    ContactStage,
    CopyRecipient,
    Dimension,
    Grade,
    Ground,
    Limit,
    NumberPattern,
    Option,
    Setting,
    SubjectClass,
)

__all__ = [
    "Article",
    "CalendarDay",
    "CalendarYear",
    "Category",
    "ContactStage",
    "CopyRecipient",
    "Dimension",
    "Document",
    "Grade",
    "Ground",
    "Limit",
    "NumberPattern",
    "Option",
    "ReadReceipt",
    "Setting",
    "SubjectClass",
    "Version",
]
