"""The department inbox: what to do now, what is wrong and what is new, read from facts."""

from scheduling.inbox.contents import count_for, inbox_of, watches_orders
from scheduling.inbox.facts import InboxFacts, facts_for

__all__ = ["InboxFacts", "count_for", "facts_for", "inbox_of", "watches_orders"]
