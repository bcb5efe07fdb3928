# Two images from one file: the backend, and the demo (the workload and its fake servers).
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/airuntime/bin:$PATH
WORKDIR /build
RUN python -m venv /opt/airuntime
COPY constraints.txt ./
# The build tool comes from the constraints too: pip would fetch an isolated one as it likes.
RUN pip install --constraint constraints.txt hatchling
COPY instrumentation ./instrumentation
COPY plugin-backend ./plugin-backend
RUN pip install --constraint constraints.txt --no-build-isolation ./instrumentation ./plugin-backend

FROM build AS build-demo
COPY demo ./demo
RUN pip install --constraint constraints.txt --no-build-isolation ./demo

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/airuntime/bin:$PATH
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin airuntime \
 && install --directory --owner airuntime --group airuntime /var/lib/airuntime
USER airuntime
WORKDIR /var/lib/airuntime

FROM base AS backend
COPY --from=build /opt/airuntime /opt/airuntime
EXPOSE 8765 8766
CMD ["airuntime", "serve"]

FROM base AS demo
COPY --from=build-demo /opt/airuntime /opt/airuntime
EXPOSE 9464
CMD ["python", "-m", "airuntime_demo.service"]
