"""What this room does: it makes its one table anew, or adds to it what has come since."""

from tibandu.insight.actions.kinship import add_one as add_one
from tibandu.insight.actions.kinship import forget as forget
from tibandu.insight.actions.kinship import refresh as refresh
