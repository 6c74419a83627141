"""What the room answers: the boards, the scissors, and how often a matter was asked for."""

from tibandu.insight.queries.lineage import asked_before as asked_before
from tibandu.insight.queries.lineage import families_of as families_of
from tibandu.insight.queries.lineage import members_of as members_of
