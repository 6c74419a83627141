"""The pages of people and bodies, by what one comes for."""

from tibandu.people.views import accounts, editing, importing, messages, roll

__all__ = ["accounts", "editing", "importing", "messages", "roll"]
