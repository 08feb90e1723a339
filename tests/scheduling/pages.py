"""A browser for somebody of a department, and the words of a page."""

import re

from django.test import Client

from planning_site.core.departments import Department
from tests import factories as people


def browser(*departments: Department, language: str = "en") -> Client:
    """A browser in which somebody of the departments is logged in."""
    client = Client()
    client.force_login(people.user(*departments, language=language))
    return client


def text_of(client: Client, url: str) -> str:
    """A page's words, without tags and with single spaces."""
    response = client.get(url)
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
