"""What a plan was made from, kept so that it can be made again."""

from django.db import models


class PlanInput(models.Model):
    """The engine's problem and the names and dates around it, as compressed JSON (`scheduling.adapters.inputs`).

    Rows are found by their hash and never changed; plans of the same facts share one.
    """

    hash = models.CharField(max_length=64, unique=True)
    data = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.hash[:12]
