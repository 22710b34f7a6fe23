# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/nabat && /opt/nabat/bin/pip install --no-cache-dir uv==0.13.9
RUN /opt/nabat/bin/uv pip install --no-cache --compile-bytecode --python /opt/nabat/bin/python --require-hashes -r requirements.lock
COPY . ./
RUN /opt/nabat/bin/uv pip install --no-cache --compile-bytecode --python /opt/nabat/bin/python --no-deps . && /opt/nabat/bin/uv pip uninstall --python /opt/nabat/bin/python uv

FROM python:3.13-slim
# A number, so that an orchestrator can prove that it is not root.
RUN useradd --system --uid 10001 --home-dir /data --create-home nabat
COPY --from=build /opt/nabat /opt/nabat
ENV PATH=/opt/nabat/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NABAT_DATA_DIR=/data \
    NABAT_CONSOLE_ADDRESS=0.0.0.0:8080
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["nabat", "health"]
ENTRYPOINT ["nabat"]
CMD ["run"]
