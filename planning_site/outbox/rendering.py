"""A mail is three files: `emails/<name>_subject.txt`, `emails/<name>.txt` and `emails/<name>.html`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from planning_site.core.models import User


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def language_of(user: User) -> str:
    """The language in which a person is written to: the one chosen, or Chinese."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def render_mail(name: str, context: Mapping[str, Any], *, language: str) -> Rendered:
    """Fill the three files of a mail in a language. Lazy texts of the context are resolved in it too."""
    values = {**context, "factory_name": settings.FACTORY_NAME, "site_url": settings.SITE_URL.rstrip("/"), "language": language}
    with translation.override(language):
        return Rendered(
            subject=" ".join(render_to_string(f"emails/{name}_subject.txt", values).split()),
            text=render_to_string(f"emails/{name}.txt", values).strip() + "\n",
            html=render_to_string(f"emails/{name}.html", values),
        )
