"""Only a caller that knows the shared secret is believed to be our Grafana: all but metrics is refused without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from airuntime_backend.grafana import pluginv2_pb2 as pb
from support.grafana import SECONDS, SECRET, Grafana, Person, query
from support.stage import Stage, staged

REQUESTS: Final = {
    "Data/QueryData": pb.QueryDataRequest,
    "Resource/CallResource": pb.CallResourceRequest,
    "Diagnostics/CheckHealth": pb.CheckHealthRequest,
    "Diagnostics/CollectMetrics": pb.CollectMetricsRequest,
    "Stream/SubscribeStream": pb.SubscribeStreamRequest,
    "Stream/PublishStream": pb.PublishStreamRequest,
    "Stream/RunStream": pb.RunStreamRequest,
}
ANSWERED: Final = {"Data/QueryData", "Resource/CallResource", "Diagnostics/CheckHealth"}
"""What Grafana shows to a person only if it comes in an answer."""
REFUSED: Final = sorted(set(REQUESTS) - ANSWERED - {"Diagnostics/CollectMetrics"})
WRONG: Final = "a guess"
SETTING: Final = (
    "secureJsonData.secret of the app and the data source in Grafana to the backend's AIRUNTIME_PLUGIN_SECRET"
)


def call(grafana: Grafana, method: str, context: Any) -> Any:
    """Call any method of the protocol, to the end of its answer."""
    service, _, name = method.partition("/")
    stub = {
        "Data": grafana.data,
        "Resource": grafana.resource,
        "Diagnostics": grafana.diagnostics,
        "Stream": grafana.stream,
    }
    answer = getattr(stub[service], name)(REQUESTS[method](pluginContext=context), timeout=SECONDS)
    return list(answer) if isinstance(answer, Iterator) else answer


def refused(grafana: Grafana, method: str, context: Any) -> tuple[grpc.StatusCode, str]:
    """Status and message with which a call is refused."""
    with pytest.raises(grpc.RpcError) as error:
        call(grafana, method, context)
    assert isinstance(error.value, grpc.Call)
    return error.value.code(), error.value.details() or ""


def test_every_method_of_the_protocol_is_tried_here() -> None:
    """A new method cannot be forgotten."""
    services = pb.DESCRIPTOR.services_by_name
    methods = {f"{name}/{method}" for name, service in services.items() for method in service.methods_by_name}

    assert methods == set(REQUESTS)


@pytest.mark.parametrize("through", ["app", "data source"])
@pytest.mark.parametrize("method", REFUSED)
def test_a_wrong_secret_is_refused(stage: Stage, method: str, through: str) -> None:
    """Nothing reaches the app, and neither secret is told."""
    code, told = refused(stage.grafana, method, Person(secret=WRONG, through=through).context())

    assert code is grpc.StatusCode.PERMISSION_DENIED
    assert told.startswith("the secret that came with the call is wrong: secureJsonData.secret in Grafana must equal")
    assert WRONG not in told
    assert SECRET not in told
    assert stage.witness.requests == []


@pytest.mark.parametrize("method", REFUSED)
def test_no_secret_is_refused_with_the_setting_to_make(stage: Stage, method: str) -> None:
    """Who set nothing reads which setting is missing, where."""
    for context in (Person(secret=None).context(), Person(secret="").context(), pb.PluginContext()):
        code, told = refused(stage.grafana, method, context)

        assert (code, told) == (grpc.StatusCode.UNAUTHENTICATED, f"no secret came with the call: set {SETTING}")
    assert stage.witness.requests == []


@pytest.mark.parametrize("method", REFUSED)
def test_a_backend_without_a_secret_refuses_everybody(tmp_path: Path, method: str) -> None:
    """No secret is no open door, whatever the caller brings."""
    with staged(tmp_path, secret=None) as stage:
        for secret in (SECRET, "", None):
            code, told = refused(stage.grafana, method, Person(secret=secret).context())

            assert code is grpc.StatusCode.UNAUTHENTICATED
            assert told.startswith("the backend has no plugin secret, so it refuses every call: set AIRUNTIME_PLUGIN_")


@pytest.mark.parametrize(
    ("secret", "told"), [(WRONG, "the secret that came with the call is wrong"), (None, "no secret")]
)
def test_save_and_test_says_what_is_wrong_with_the_secret(stage: Stage, secret: str | None, told: str) -> None:
    """A refused health check is an answer, for only an answer's message is shown."""
    answer = stage.grafana.health(Person(secret=secret))

    assert answer.status == pb.CheckHealthResponse.ERROR
    assert answer.message.startswith(told)
    assert answer.jsonDetails == b""
    assert stage.witness.requests == []


@pytest.mark.parametrize(
    ("secret", "told", "status"),
    [(WRONG, "the secret that came with the call is wrong", 403), (None, "no secret came with the call", 401)],
)
def test_panels_and_pages_say_what_is_wrong_with_the_secret(
    stage: Stage, secret: str | None, told: str, status: int
) -> None:
    """Each query and each resource call is answered by the reason, and nothing else; a 401 would end the session."""
    nobody = Person(secret=secret)

    answers = stage.grafana.query(nobody, query("A", "findings"), query("B", "cost"))
    page = stage.grafana.call(nobody, "GET", "/suggestions")

    assert set(answers) == {"A", "B"}
    for one in answers.values():
        assert (one.status, one.errorSource, len(one.frames)) == (status, "plugin", 0)
        assert one.error.startswith(told)
    assert (page.status, page.json()["error"]["code"]) == (403, "forbidden")
    assert page.json()["error"]["message"].startswith(told)
    assert SECRET not in str(page.json())
    assert stage.witness.requests == []


def test_a_backend_without_a_secret_answers_nobody(tmp_path: Path) -> None:
    """No secret is no open door, whatever the caller brings."""
    with staged(tmp_path, secret=None) as stage:
        answer = stage.grafana.query(Person(), query("A", "findings"))["A"]
        page = stage.grafana.call(Person(), "GET", "/suggestions")

    assert (answer.status, len(answer.frames)) == (401, 0)
    assert page.status == 403
    assert stage.witness.requests == []


def test_the_standard_health_service_needs_no_secret(tmp_path: Path) -> None:
    """Grafana asks it before there is any instance."""
    with staged(tmp_path, secret=None) as stage:
        assert stage.grafana.serving()


def test_metrics_need_no_secret_for_grafana_has_none_to_send(tmp_path: Path) -> None:
    """They are asked for with the plugin's id alone; who reaches the backend reads the same at ``/metrics``."""
    with staged(tmp_path, secret=SECRET) as stage:
        text = call(stage.grafana, "Diagnostics/CollectMetrics", pb.PluginContext()).metrics.prometheus.decode()

        assert "# TYPE airuntime_finding_score gauge" in text


def test_secrets_stay_out_of_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """A refusal is logged without what was tried and without what would have been right."""
    refused(stage.grafana, "Stream/RunStream", Person(secret=WRONG).context())

    assert "a call from Grafana was refused" in caplog.text
    assert WRONG not in caplog.text
    assert SECRET not in caplog.text
