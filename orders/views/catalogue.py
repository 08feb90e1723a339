"""What order entry asks while somebody types."""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from orders.selectors import Catalogue, customers_like, styles_like
from planning_site.core.requests import LoggedInRequest


@require_GET
def suggest(request: LoggedInRequest) -> HttpResponse:
    """What `?q=` may become: styles or (`?what=customers`) customers as value and label, best first."""
    text = request.GET.get("q", "")[:40]
    if request.GET.get("what") == "customers":
        found = [{"value": customer.name, "label": f"{customer.code} {customer.grade}"} for customer in customers_like(text)]
    else:
        found = [{"value": style.code, "label": style.family} for style in styles_like(text)]
    return JsonResponse({"found": found})


@require_GET
def style_sizes(request: LoggedInRequest) -> HttpResponse:
    """Colours, sizes and the last order's size run of the style `?code=`. 404 if there is none."""
    code = request.GET.get("code", "")[:40]
    card = Catalogue([code]).get(code)
    if card is None:
        raise Http404
    return JsonResponse(
        {
            "code": card.style.code,
            "family": card.style.family,
            "isNew": card.style.is_new,
            "colours": list(card.colours),
            "sizes": list(card.sizes),
            "lastRun": card.last_run,
            "lastOrder": card.last_order,
        }
    )
