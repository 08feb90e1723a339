"""What can be done with an order's state, in the words of a button, and what follows from it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.models import Order


@dataclass(frozen=True)
class Move:
    target: Order.State
    verb: str
    consequence: str


def move_to(order: Order, target: Order.State) -> Move:
    """The move, whether or not the order's state allows it."""
    if target == Order.State.ON_HOLD:
        return Move(target, _("Put on hold"), _("The next plan leaves these pairs out. Published plans stay as they are until then."))
    if target == Order.State.CANCELLED:
        return Move(target, _("Cancel the order"), _("The next plan leaves these pairs out. It can be reopened; the number stays taken."))
    if target == Order.State.CLOSED:
        return Move(
            target, _("Close the order"), _("Closing is final: a closed order is neither changed nor reopened, and no plan has it.")
        )
    verb = _("Release the hold") if order.state == Order.State.ON_HOLD else _("Reopen")
    return Move(target, verb, _("From the next plan on these pairs are planned again."))


def moves_of(order: Order) -> list[Move]:
    """What its state allows."""
    return [move_to(order, state) for state in Order.State if state in Order.TRANSITIONS[order.state]]
