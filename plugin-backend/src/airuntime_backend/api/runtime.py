"""What instrumented services say and ask: their manifest in, their config out."""

from __future__ import annotations

from hashlib import blake2b

from flask import jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from werkzeug.wrappers import Response as BaseResponse

from airuntime_backend.errors import BadRequestError
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Experiment, ServiceConfig

from .auth import requires
from .document import ERRORS, GUARDED
from .schemas import Accepted, ConfigView, ExperimentView, ServicePath, SettingView, SlowSeconds
from .services import services

bp = APIBlueprint(
    "runtime",
    __name__,
    url_prefix="/runtime",
    abp_tags=[Tag(name="runtime", description="For instrumented services")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.put("/services/<service>/manifest", summary="Send a service's manifest", responses={200: Accepted})
@requires("service")
def put_manifest(path: ServicePath, body: Manifest) -> dict[str, object]:
    """Keep what the service says of itself; the latest manifest counts."""
    if body.service != path.service:
        raise BadRequestError(
            f"the manifest is of {body.service!r}, the path names {path.service!r}",
            field="service",
            value=body.service,
            expected=path.service,
        )
    here = services()
    here.ledger.put_manifest(body, here.clock.now())
    return Accepted(
        service=body.service, version=body.version, primitives=len(body.primitives), tunables=len(body.tunables)
    ).model_dump(mode="json")


@bp.get("/services/<service>/config", summary="Read what a service is to obey", responses={200: ConfigView})
@requires("service")
def get_config(path: ServicePath) -> BaseResponse:
    """The config with an ETag; 304 when the caller has it already."""
    config = services().ledger.config(path.service)
    body = config_view(config).model_dump(mode="json")
    answer = jsonify(body)
    digest = blake2b(answer.get_data(), digest_size=8).hexdigest()  # a restored database may count from an older number
    answer.set_etag(f"{config.generation}-{digest}")
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


def config_view(config: ServiceConfig) -> ConfigView:
    """The config as services read it."""
    settings = {name: SettingView(value=value, rollout=rollout) for name, (value, rollout) in config.obeyed().items()}
    experiments = {one.tunable: _experiment(one) for one in config.experiments}
    return ConfigView(service=config.service, generation=config.generation, tunables=settings, experiments=experiments)


def _experiment(one: Experiment) -> ExperimentView:
    dealing = one.dealing
    return ExperimentView(
        rollout=one.rollout,
        candidate=one.candidate,
        share=one.share,
        mode=dealing.mode,
        block_seconds=dealing.block_seconds,
        settle_seconds=dealing.settle_seconds,
        slow_seconds=SlowSeconds(p95=dealing.slow_p95, p99=dealing.slow_p99),
    )
