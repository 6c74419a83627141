"""What runs in the background or by the clock, and the tables that are imported."""

from tibandu.suggestions.jobs.importing import Shelf, Table, carry_out, import_table, judge, read_table
from tibandu.suggestions.jobs.ticking import Ticked, tick

__all__ = ["Shelf", "Table", "Ticked", "carry_out", "import_table", "judge", "read_table", "tick"]
