"""What runs in the background: the outbox, and rolls read from spreadsheets."""

from tibandu.people.jobs.outbox import Delivered, console, deliver
from tibandu.people.jobs.rolls import Report, Verdict, import_rolls, read_rolls

__all__ = ["Delivered", "Report", "Verdict", "console", "deliver", "import_rolls", "read_rolls"]
