# maildesk as a container: no root, nothing to write to but its state.
#   docker build -t maildesk .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v ./config:/etc/maildesk:ro -v maildesk:/var/lib/maildesk maildesk
# In the config: store: {url: "sqlite:////var/lib/maildesk/desk.db"}. It runs as user 10001, whose files of secrets are:
#   chown -R 10001 config
# Once before the first start, the same with `maildesk db upgrade --new -c /etc/maildesk/config.yaml` at its end:
# where the configuration is read-only nothing else makes a database, so no forgotten volume swallows mail.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/maildesk
WORKDIR /src
# The packages change seldom and the code often: two layers, and the first is usually kept.
COPY packaging/runtime.lock packaging/runtime.lock
RUN /opt/maildesk/bin/pip install --require-hashes -r packaging/runtime.lock
COPY pyproject.toml README.md LICENSE config.example.yaml ./
COPY maildesk maildesk
COPY migrations migrations
COPY templates templates
COPY policies policies
RUN /opt/maildesk/bin/pip install --no-deps --no-build-isolation . \
    && /opt/maildesk/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
# An installer has no business in a daemon's image.
RUN python -m pip uninstall --yes --root-user-action=ignore pip \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/maildesk
COPY --from=build /opt/maildesk /opt/maildesk
ENV PATH=/opt/maildesk/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/maildesk
VOLUME ["/var/lib/maildesk"]
# Whether the daemon lives, since that is what a new start can mend; `maildesk health` says all the rest (docs/operating.md).
HEALTHCHECK --interval=1m --timeout=20s --start-period=2m CMD ["maildesk", "health", "--live", "-c", "/etc/maildesk/config.yaml"]
ENTRYPOINT ["maildesk"]
CMD ["run", "-c", "/etc/maildesk/config.yaml"]
