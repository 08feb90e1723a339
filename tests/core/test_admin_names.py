"""The administration names apps and models in the user's language."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.utils import translation
from django.utils.translation import trans_real

from planning_site.core import translations

OURS = ("core", "outbox", "workbooks", "orders", "procurement", "quality", "scheduling")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of this moment, whatever the process has read before."""
    for name in translations.NAMES:
        translations.compile_catalogue(name)
    monkeypatch.setattr(trans_real, "_translations", {})


def test_every_model_of_the_administration_has_a_chinese_name() -> None:
    with translation.override("zh-hans"):
        models = [model._meta for model in admin.site._registry if model._meta.app_label in OURS]
        english = [
            meta.label for meta in models if not (CHINESE.search(str(meta.verbose_name)) and CHINESE.search(str(meta.verbose_name_plural)))
        ]
        apps_in_english = [name for name in OURS if not CHINESE.search(str(apps.get_app_config(name).verbose_name))]
    assert len(models) > 25
    assert (english, apps_in_english) == ([], [])
