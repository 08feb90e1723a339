"""Which styles may go into mass production, and which still wait for QC's signature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Order, Style
from quality.models import StyleRelease

Result = StyleRelease.Result


class ReleaseState(models.TextChoices):
    """Where a style stands before mass production (C5)."""

    OLD = "old", _("made before")
    RELEASED = "released", _("released")
    WITH_ACTIONS = "with_actions", _("released with actions")
    REDO = "redo", _("trial to be redone")
    WAITING = "waiting", pgettext_lazy("release", "not signed yet")

    @property
    def is_released(self) -> bool:
        """Whether mass production of the style is open."""
        return self in (ReleaseState.OLD, ReleaseState.RELEASED, ReleaseState.WITH_ACTIONS)


STATE_OF_RESULT = {
    Result.PASSED: ReleaseState.RELEASED,
    Result.PASSED_WITH_ACTIONS: ReleaseState.WITH_ACTIONS,
    Result.REDO: ReleaseState.REDO,
}


def release_states(style_ids: Collection[int]) -> dict[int, ReleaseState]:
    """The state of each style; an id that no style has is left out. Two queries.

    An old style is released by being old, a new one by its newest signature.
    """
    is_new = dict(Style.objects.filter(pk__in=style_ids).order_by().values_list("pk", "is_new"))
    newest = latest_releases([pk for pk, new in is_new.items() if new])
    return {pk: state_of(newest.get(pk)) if new else ReleaseState.OLD for pk, new in is_new.items()}


def state_of(release: StyleRelease | None) -> ReleaseState:
    """The state of a new style with this newest signature."""
    return STATE_OF_RESULT[Result(release.result)] if release else ReleaseState.WAITING


def latest_releases(style_ids: Collection[int]) -> dict[int, StyleRelease]:
    """The newest signature of each style that has one, with its author. One query."""
    found = StyleRelease.objects.filter(style__in=style_ids).select_related("signed_by")
    return {release.style_id: release for release in found.order_by("style_id", "-signed_at", "-id").distinct("style_id")}


# styles with `open_orders`, `open_pairs`, `first_due` and `newest_result`
AnnotatedStyles = QuerySet[Any, Any]


def open_new_styles(*, words: str = "") -> AnnotatedStyles:
    """The new styles that open orders ask for, earliest due day first; words must occur in the style's number or family."""
    newest = StyleRelease.objects.filter(style=OuterRef("pk")).order_by("-signed_at", "-id")
    styles = Style.objects.filter(is_new=True, order_lines__order__state=Order.State.OPEN)
    for word in words.split():
        styles = styles.filter(Q(code__icontains=word) | Q(family__icontains=word))
    return styles.annotate(
        open_orders=Count("order_lines__order", distinct=True),
        open_pairs=Sum("order_lines__pairs"),
        first_due=Min("order_lines__due_on"),
        newest_result=Subquery(newest.values("result")[:1]),
    ).order_by("first_due", "code")


def in_state(styles: AnnotatedStyles, state: str) -> AnnotatedStyles:
    """Those of `open_new_styles` that are in a state; an unknown state leaves all."""
    if state == ReleaseState.WAITING:
        return styles.filter(newest_result=None)
    results = [result for result, then in STATE_OF_RESULT.items() if then == state]
    return styles.filter(newest_result__in=results) if results else styles


def counts_by_state(styles: AnnotatedStyles) -> dict[ReleaseState, int]:
    """How many of `open_new_styles` are in each state, without states of none. One query."""
    found = Counter(
        STATE_OF_RESULT[Result(result)] if result else ReleaseState.WAITING
        for result in styles.order_by().values_list("newest_result", flat=True)
    )
    return {state: found[state] for state in (ReleaseState.WAITING, *STATE_OF_RESULT.values()) if found[state]}


def history_of(style: Style) -> QuerySet[StyleRelease]:
    """Every signature of a style, newest first."""
    return style.releases.select_related("signed_by")
