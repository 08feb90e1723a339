"""Where a style stands, as a sentence: first what is, then what it waits for."""

from django.utils.translation import gettext as _

from planning_site.core.departments import Department
from planning_site.core.templatetags import figures
from quality.selectors import Cell, Outlook, ReleaseState
from quality.services.announcing import slack_words


def answer(outlook: Outlook) -> str:
    """`Release expected Tue 15 Dec, 3 working days to spare.`"""
    if outlook.state == ReleaseState.OLD:
        return _("Made before: it needs no release.")
    if outlook.is_released and outlook.release is not None:
        words = {"day": figures.longday(outlook.release.signed_at), "person": outlook.release.signed_by}
        return _("Released for mass production on %(day)s by %(person)s.") % words
    if outlook.plan is None:
        return _("There is no pre-production plan yet, so nobody can name a day.")
    if outlook.expected_on is None:
        return _("Nobody can name the day of the release.")
    words = {"day": figures.longday(outlook.expected_on), "slack": slack_words(outlook.slack)}
    return _("Release expected %(day)s, %(slack)s.") % words


def because(outlook: Outlook) -> str:
    """What the release waits for, and who owes it."""
    cell = outlook.first_open
    if cell is None or outlook.is_released or outlook.plan is None:
        return ""
    words = {"item": cell.step, "owner": owner_of(cell), "day": day_of(cell)}
    return _("It waits for %(item)s: %(owner)s, %(day)s.") % words


def owner_of(cell: Cell) -> str:
    """The owner's name, or the department while nobody is named."""
    return str(cell.owner or Department(cell.step.department).label)


def day_of(cell: Cell) -> str:
    return figures.day(cell.expected_on) if cell.expected_on else _("no day")
