"""The morning digest: one mail per person and working day with what is new, due and late for the person's departments."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import translation

from planning_site.core import clock
from planning_site.core.calendar import WorkingCalendar, calendar_of
from planning_site.core.departments import Department
from planning_site.core.models import Plant, User
from planning_site.outbox import services as outbox
from planning_site.outbox.models import MailRound
from planning_site.outbox.rendering import language_of, render_mail
from scheduling.digest.facts import Facts
from scheduling.digest.sections import SECTIONS, Builder, Reader, Section
from scheduling.notices.receivers import people_of

__all__ = ["DIGEST_AT", "send_due_digests"]

KIND = "digest"
DIGEST_AT = dt.time(7, 30)  # the factory's time: before the first shift, after the night's plans


def send_due_digests(now: dt.datetime) -> int:
    """Write today's digests once they are due and have not been written; return how many there are.

    Called every few minutes. After an outage today's digest goes out late, with everything since the last one; yesterday's never does.
    Whoever has nothing new, due or late gets no mail: an empty one every morning teaches people not to open them. On a day on which no
    plant works there is none.
    """
    day = now.astimezone(clock.factory_zone()).date()
    if now < clock.at(day, DIGEST_AT) or MailRound.objects.filter(kind=KIND, day=day).exists():
        return 0
    calendars = {plant: calendar for plant in Plant.objects.all() if (calendar := calendar_of(plant)).is_working(day)}
    if not calendars:
        return 0
    with transaction.atomic():
        round_ = outbox.open_round(kind=KIND, day=day)
        if round_ is None:  # another worker was faster
            return 0
        facts = Facts(day=day, since=_since(day, calendars), plants=tuple(calendars))
        written = outbox.write_many(_mails(facts))
        round_.mails = len(written)
        round_.save(update_fields=["mails"])
    return len(written)


def _since(day: dt.date, calendars: dict[Plant, WorkingCalendar]) -> dt.datetime:
    """When the last digest was written; before the first one ever, the morning of the working day before."""
    last = MailRound.objects.filter(kind=KIND, day__lt=day).order_by("-day").first()
    return last.at if last else clock.at(min(calendar.previous_working(day) for calendar in calendars.values()), DIGEST_AT)


def _mails(facts: Facts) -> list[outbox.Mail]:
    departments: dict[User, list[Department]] = defaultdict(list)
    for department, members in people_of(tuple(Department)).items():
        for user in members:
            departments[user].append(department)
    parts = _Parts(facts)
    mails = (_mail(parts, user, own) for user, own in departments.items())
    return [mail for mail in mails if mail is not None]


def _mail(parts: "_Parts", user: User, departments: list[Department]) -> outbox.Mail | None:
    """The digest of one person, or None if there is nothing to say."""
    language, day = language_of(user), parts.facts.day
    sections = parts.of(reader_of(user, departments), departments, language)
    if not sections:
        return None
    counts = {urgency: sum(section.total for section in sections if section.urgency == urgency) for urgency in ("late", "today")}
    text = render_mail("digest", {"day": day, "reader": user, "sections": sections, "counts": counts}, language=language)
    return outbox.Mail(
        key=f"{KIND}:{day}:{user.pk}",
        to_user=user,
        department=departments[0],
        subject=text.subject,
        text=text.text,
        html=text.html,
    )


def reader_of(user: User, departments: list[Department]) -> Reader:
    """Whoever is only of sales and looks after customers is told of these; anybody else of all."""
    seller = getattr(user, "salesperson", None)
    return Reader(seller.pk if seller and departments == [Department.SALES] else None)


class _Parts:
    """Each part made once per language and kind of reader, however many people get it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._made: dict[tuple[Builder, Reader, str], Section | None] = {}

    def of(self, reader: Reader, departments: list[Department], language: str) -> list[Section]:
        """What concerns a person, each part once, what is late first."""
        builders = dict.fromkeys(builder for department in departments for builder in SECTIONS[department])
        found = [self._part(builder, reader, language) for builder in builders]
        return sorted((section for section in found if section is not None), key=lambda section: section.rank)

    def _part(self, builder: Builder, reader: Reader, language: str) -> Section | None:
        key = (builder, reader, language)
        if key not in self._made:
            with translation.override(language):
                self._made[key] = builder(self.facts, reader)
        return self._made[key]
