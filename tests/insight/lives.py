"""Cases whose figures are known: answered, rated and promised by the real verbs, and asked for again in a later year."""

from datetime import date

from tests import cases
from tests.kept import kept
from tests.suggestions.test_rating import GOOD, rate
from tests.town import Town
from tibandu.base.figures import REGISTRY, Period, Value
from tibandu.people.queries import Actor
from tibandu.suggestions.models import Rating, Suggestion
from tibandu.suggestions.queries.similar import put_into_index

YEAR = Period.year(2026)


@kept
def answered(town: Town, *, code: str = "A", title: str = cases.TITLE) -> Suggestion:
    """Answered by the housing bureau on 20 March 2026 within its time; only Alice stands behind it."""
    promises = [cases.OVERPASS] if code == "B" else []
    return cases.replied(town, cosigners=(), code=code, promises=promises, title=title)


@kept
def rated(town: Town, suggestion: Suggestion, grades: dict[str, str] = GOOD) -> Rating:
    """Rated by Alice while the window is open."""
    return rate(town, suggestion, "alice", grades, "" if grades == GOOD else "没有解决")


@kept
def asked_again(town: Town, suggestion: Suggestion, year: int, **fields: object) -> Suggestion:
    """The same text put on file again on 1 May of a year."""
    columns = ("congress", "title", "facts", "analysis", "subject")
    same = {name: getattr(suggestion, name) for name in columns}
    made = Suggestion.objects.create(
        **{**same, "state": "registered", "registered_on": date(year, 5, 1), **fields}
    )
    put_into_index(made)
    return made


def value(actor: Actor, figure: str, period: Period = YEAR, **scope: int) -> Value:
    return REGISTRY[figure].value(actor, period, scope)
