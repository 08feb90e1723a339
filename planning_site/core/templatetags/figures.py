"""Template filters for numbers and dates as UI texts write them; a builtin of every template."""

from django import template

register = template.Library()
