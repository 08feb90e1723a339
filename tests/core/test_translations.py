"""The catalogues: what is collected, what stays, what is complained about. Each test has a small project of its own."""

import gettext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation.trans_real import DjangoTranslation
from pytest_django import Settings

from planning_site.core import translations

VIEW = """
from django.utils.translation import gettext as _, ngettext, pgettext
A = _("Publish week plan")
B = ngettext("%(n)d pair", "%(n)d pairs", 2)
C = pgettext("rail", "Planning")
"""
PAGE = """{% load i18n %}
<h1>
      {% trans "It's 50% done" %}</h1>
  {% blocktrans count n=page.count with who=user %}{{ who }} has {{ n }} row{% plural %}{{ who }} has {{ n }} rows{% endblocktrans %}
{# nothing #}
{{ _("Only here") }}
"""


@pytest.fixture
def project(tmp_path: Path, settings: Settings) -> Path:
    settings.BASE_DIR = tmp_path
    for folder in ("orders/migrations", "planning_site", "templates/orders", "templates/partials"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "orders/views.py").write_text(VIEW)
    (tmp_path / "orders/migrations/0001.py").write_text('from x import _\n_("Of a migration")')
    (tmp_path / "templates/orders/list.html").write_text(PAGE)
    (tmp_path / "templates/partials/rail.html").write_text('{% load i18n %}{% trans "Inbox" %}')
    return tmp_path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("translations", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def complaints(*arguments: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("translations", "--check", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def translate(name: str, words: dict[str, str]) -> None:
    catalogue = translations.read(name)
    for message in translations.messages_of(catalogue):
        found = words.get(translations.first_form(message.id))
        if found:
            message.string = (found,) if message.pluralizable else found
    translations.write(name, catalogue)


def translate_everything(name: str) -> None:
    texts = [translations.first_form(message.id) for message in translations.messages_of(translations.read(name))]
    translate(name, {text: f"译 {text}" for text in texts})


def words(name: str, text: str) -> str:
    found = translations.read(name).get(text)
    assert found is not None
    return translations.words_of(found)


def texts(name: str) -> set[tuple[str | None, str]]:
    return {(m.context, translations.first_form(m.id)) for m in translations.messages_of(translations.read(name))}


def test_python_and_templates_of_an_app_fill_its_own_catalogue(project: Path) -> None:
    run("--update")
    assert texts("orders") == {
        (None, "Publish week plan"),
        (None, "%(n)d pair"),
        ("rail", "Planning"),
        (None, "It's 50%% done"),
        (None, "%(who)s has %(n)s row"),
        (None, "Only here"),
    }
    assert texts("planning_site") == {(None, "Inbox")}


def test_a_second_update_changes_no_byte(project: Path) -> None:
    run("--update")
    translate_everything("orders")
    path = translations.path_of("orders")
    before = path.read_bytes()
    run("--update")
    assert path.read_bytes() == before
    assert b"orders/views.py\n" in before


def test_an_update_keeps_translations_and_drops_what_is_gone(project: Path) -> None:
    run("--update")
    translate("orders", {"Publish week plan": "发布周计划", "Only here": "只在这里"})
    (project / "templates/orders/list.html").write_text("")
    (project / "orders/views.py").write_text(VIEW + 'D = _("Acknowledge")\n')
    run("--update", "orders")
    assert words("orders", "Publish week plan") == "发布周计划"
    assert (None, "Only here") not in texts("orders")
    assert (None, "Acknowledge") in texts("orders")


def test_a_new_text_takes_the_words_that_another_catalogue_has(project: Path) -> None:
    run("--update")
    translate("orders", {"Publish week plan": "发布周计划"})
    (project / "planning_site/views.py").write_text('A = _("Publish week plan")')
    run("--update", "planning_site")
    assert words("planning_site", "Publish week plan") == "发布周计划"


def test_a_complete_catalogue_passes(project: Path) -> None:
    run("--update")
    translate_everything("orders")
    translate_everything("planning_site")
    assert "translated" in run("--check")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (('msgstr "译 Only here"', 'msgstr ""'), "'Only here' (templates/orders/list.html) is not translated"),
        (('msgid "Only here"', '#, fuzzy\nmsgid "Only here"'), "'Only here' (templates/orders/list.html) is marked fuzzy"),
        (('msgid "Only here"', 'msgid "Nowhere"'), "'Nowhere' stands in no source any more"),
        (('msgstr[0] "译 %(n)d pair"', 'msgstr[0] "译 %(m)d pair"'), "'%(n)d pair' (orders/views.py) and its translation name different"),
    ],
)
def test_each_kind_of_fault_is_named_with_its_place(project: Path, spoil: tuple[str, str], complaint: str) -> None:
    run("--update")
    translate_everything("orders")
    translate_everything("planning_site")
    path = translations.path_of("orders")
    text = path.read_text()
    assert spoil[0] in text
    path.write_text(text.replace(*spoil))
    assert complaint in complaints()


def test_the_same_text_translated_differently_in_two_catalogues_is_named(project: Path) -> None:
    (project / "planning_site/views.py").write_text('A = _("Only here")')
    run("--update")
    translate_everything("orders")
    translate_everything("planning_site")
    translate("planning_site", {"Only here": "仅此处"})
    assert "'Only here' is '译 Only here' in orders and '仅此处' in planning_site" in complaints()


def test_what_is_compiled_is_what_django_reads(project: Path) -> None:
    run("--update")
    translate("orders", {"Publish week plan": "发布周计划", "%(n)d pair": "%(n)d 双"})
    assert "orders" in run("--compile")
    with translations.path_of("orders").with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Publish week plan") == "发布周计划"
    assert catalogue.ngettext("%(n)d pair", "%(n)d pairs", 7) == "%(n)d 双"
    assert "nothing new" in run("--compile", "orders")


def test_an_unknown_catalogue_is_refused_and_a_task_is_asked_for(project: Path) -> None:
    with pytest.raises(CommandError, match="There is no catalogue shoes"):
        run("--check", "shoes")
    with pytest.raises(CommandError, match="--update"):
        run("orders")


def test_own_words_win_over_those_of_django_and_of_libraries() -> None:
    for name in translations.NAMES:
        translations.compile_catalogue(name)
    words = DjangoTranslation("zh-hans")
    lost = []
    for name in translations.NAMES:
        for message in translations.read(name):
            if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                shown = words.pgettext(message.context, message.id) if message.context else words.gettext(message.id)
                lost += [] if shown == message.string else [(name, message.id, message.string, shown)]
    assert lost == []
    assert words.gettext("Filter") == "筛选"
