"""One machine, one command: `make run`. The secret key is made once and kept beside the data."""

import contextlib
import os
import secrets
from pathlib import Path

from planning_site.settings.base import *  # noqa: F403
from planning_site.settings.base import BASE_DIR, env


def kept_secret(path: Path) -> str:
    """The installation's own key, written at the first start; two processes that start together agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # all or nothing: nobody reads half a key
        draft.unlink()
    return path.read_text()


VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret-key")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
