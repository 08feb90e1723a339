"""Who sees which mail, and how much of it is in which state."""

from django.db.models import Count, Q, QuerySet

from planning_site.core import audit
from planning_site.core.departments import Department
from planning_site.core.models import Change, User
from planning_site.outbox.models import Attachment, OutgoingMail

# Planning answers for what was distributed, the general manager's office for everybody.
SEE_EVERYTHING = frozenset({Department.PLANNING, Department.GM})


def mails_for(user: User) -> QuerySet[OutgoingMail]:
    """The mails that a person may read: one's own and those of one's departments; planning, the GM's office and superusers all."""
    if user.is_superuser or not SEE_EVERYTHING.isdisjoint(user.departments):
        return OutgoingMail.objects.all()
    return OutgoingMail.objects.filter(Q(to_user=user) | Q(department__in=[d.value for d in user.departments]))


def attachments_for(user: User) -> QuerySet[Attachment]:
    """The files that a person may open: those of the mails that the person may read."""
    return Attachment.objects.filter(pk__in=mails_for(user).values("attachments"))


def search(mails: QuerySet[OutgoingMail], *, words: str = "", department: str = "") -> QuerySet[OutgoingMail]:
    """Narrow mails to a department and to words in the subject, the address or the receiver's name, all of which must occur."""
    if department:
        mails = mails.filter(department=department)
    for word in words.split():
        mails = mails.filter(
            Q(subject__icontains=word)
            | Q(to_address__icontains=word)
            | Q(to_user__display_name__icontains=word)
            | Q(to_user__username__icontains=word)
        )
    return mails


def counts_by_state(mails: QuerySet[OutgoingMail]) -> dict[str, int]:
    """How many mails are in each state; every state is named. One query."""
    found = dict(mails.order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in OutgoingMail.State}


def needing_a_person() -> int:
    """How many mails wait for somebody to decide: failed, or nobody knows whether they left."""
    return OutgoingMail.objects.filter(state__in=[OutgoingMail.State.FAILED, OutgoingMail.State.UNCERTAIN]).count()


def history(mail: OutgoingMail) -> QuerySet[Change]:
    """What people did about a mail, newest first."""
    return audit.history_of(mail)
