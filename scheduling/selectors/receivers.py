"""Who a plan was issued to, and how far the mail has come."""

from __future__ import annotations

from dataclasses import dataclass

from planning_site.core.departments import Department
from planning_site.outbox.models import OutgoingMail
from scheduling.models import Plan

State = OutgoingMail.State
# what needs a person first, what has arrived last
URGENCY = {State.FAILED: 0, State.UNCERTAIN: 1, State.QUEUED: 2, State.SENDING: 3, State.KEPT: 4, State.SENT: 5}


@dataclass(frozen=True)
class Receiver:
    """One person who is told of a plan."""

    mail: OutgoingMail
    department: str
    name: str
    state: State

    @property
    def arrived(self) -> bool:
        """Whether the mail has left, or is kept to be read on its page."""
        return self.state in (State.SENT, State.KEPT)


def receivers_of(plan: Plan) -> list[Receiver]:
    """The mails of a plan, those that have not arrived first; one query. Their keys begin with `plan:<id>:`."""
    mails = OutgoingMail.objects.filter(key__startswith=f"plan:{plan.pk}:").select_related("to_user").defer("text", "html")
    labels = {department.value: str(department.label) for department in Department}
    found = [
        Receiver(mail, labels.get(mail.department, mail.department), str(mail.to_user or mail.to_address), State(mail.state))
        for mail in mails
    ]
    return sorted(found, key=lambda receiver: (URGENCY[receiver.state], receiver.department, receiver.name))
