"""The environment that docker-compose.yml gives: what the code reads, with secrets that are the user's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ai_runtime_intelligent.contract import env, names
from airuntime_backend.adapters.source import SourceFolders
from airuntime_backend.app import create_app
from airuntime_backend.manifest import Primitive
from airuntime_backend.settings import Settings
from airuntime_demo import environment as pace
from airuntime_demo import service as demo_service
from support import compose
from support.compose import ROOT

SERVICES = compose.services()
OURS = [name for name, service in SERVICES.items() if service.ours]
READERS: dict[str, set[env.Reader]] = {"backend": {"backend"}, "demo": {"demo", "instrumentation"}}
"""Who reads the environment of which service; the fakes take options and read nothing."""
NOT_SECRET_HERE = {env.DATABASE_URL.name: "a file, without a password", env.OPENAI_API_KEY.name: "for the fake model"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_get_only_what_they_read(name: str) -> None:
    """Each variable is one of the contract, with a reader that runs in this service."""
    known = {one.name: one for one in env.VARIABLES}
    for variable in SERVICES[name].environment:
        assert variable in known, variable
        assert set(known[variable].readers) & READERS.get(name, set()), variable


def test_the_contract_says_truly_who_reads_what() -> None:
    """The backend's settings are those of the table, and every other variable is named in its readers' source."""
    backend = {one.name for one in env.VARIABLES if "backend" in one.readers}
    sources = {
        "instrumentation": _text(ROOT / "instrumentation" / "src"),
        "demo": _text(ROOT / "demo" / "src"),
    }

    assert {field.validation_alias for field in Settings.model_fields.values()} == backend
    for constant, variable in vars(env).items():
        if isinstance(variable, env.Variable):
            for reader in set(variable.readers) - {"backend"}:
                assert re.search(rf"\benv\.{constant}\b", sources[reader]), constant


def _text(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def test_the_backend_starts_with_its_environment() -> None:
    """Its settings are valid, listen on every address, and leave no door without a token."""
    settings = _settings()

    assert (settings.http_host, settings.grpc_host) == ("0.0.0.0", "0.0.0.0")  # noqa: S104 - a container's own network
    assert (settings.http_port, settings.grpc_port) == (names.HTTP_PORT, names.GRPC_PORT)
    assert all((settings.viewer_token, settings.operator_token, settings.service_token, settings.plugin_secret))
    assert not settings.preview, "the preview is for loopback, which a container's port is not"


def _settings(**changed: object) -> Settings:
    return Settings.model_validate(compose.environment("backend") | changed)


def test_the_backend_answers_other_containers() -> None:
    """From another address, tokens open what they are for; Prometheus and the health check need none."""
    client = create_app(_settings(**{env.DATABASE_URL.name: "sqlite://"})).test_client()
    elsewhere = {"REMOTE_ADDR": "172.18.0.7"}
    config, variable = "/runtime/services/support-assistant/config", "/api/variables/services"

    def status(path: str, token: str | None = None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return client.get(path, headers=headers, environ_base=elsewhere).status_code

    tokens = compose.environment("backend")
    assert status("/metrics") == status("/readyz") == 200
    assert status(config) == status(variable) == 401
    assert status(config, compose.environment("demo")[env.SERVICE_TOKEN.name]) == 200
    assert status(config, tokens[env.VIEWER_TOKEN.name]) == 403
    assert status(variable, tokens[env.VIEWER_TOKEN.name]) == 200


def test_the_demo_starts_with_its_environment() -> None:
    """Its settings are valid, and without a wish of the user's the defaults are those of the contract."""
    settings = demo_service.ServiceSettings.read(compose.environment("demo"))

    defaults = (env.DEMO_WASTE.default, env.DEMO_SEED.default, env.DEMO_RATE.default)
    assert defaults == (settings.waste, str(settings.seed), f"{settings.rate:g}")


def test_the_pace_is_that_of_make_demo() -> None:
    """The windows of the demo, which its unattended check proves, are those of the containers."""
    told = SERVICES["backend"].environment

    assert {
        env.SCRAPE_SECONDS.name: pace.SCRAPE_SECONDS,
        env.WINDOW_SECONDS.name: pace.WINDOW_SECONDS,
        env.ANALYSE_SECONDS.name: pace.ANALYSE_SECONDS,
        env.BLOCK_SECONDS.name: pace.BLOCK_SECONDS,
        env.ROLLOUT_STEPS.name: pace.ROLLOUT_STEPS,
        env.ROLLOUT_SETTLE.name: pace.ROLLOUT_SETTLE_SECONDS,
        env.ROLLOUT_DEADLINE.name: pace.ROLLOUT_DEADLINE_SECONDS,
        env.HOLDOUT.name: pace.HOLDOUT_SHARE,
    }.items() <= {key: _number(text) for key, text in told.items()}.items()


def _number(text: str) -> float | str:
    return float(text) if text.isdigit() else text


def test_secrets_are_never_written_down() -> None:
    """A secret comes from the user's environment, and Compose refuses to start without it."""
    secret = {one.name for one in env.VARIABLES if one.secret} | {"GF_SECURITY_ADMIN_PASSWORD"}
    given = [(key, text) for one in SERVICES.values() for key, text in one.environment.items() if key in secret]

    assert len(given) >= 6
    for key, text in given:
        assert compose.required(text) or key in NOT_SECRET_HERE, key
    with pytest.raises(compose.MissingVariableError, match=r"\.env\.example"):
        compose.resolved(SERVICES["backend"].environment[env.PLUGIN_SECRET.name], {})


def test_both_ends_of_a_secret_get_the_same() -> None:
    """The plugin's secret reaches Grafana and the backend, the service's token the demo and the backend."""
    backend, demo, grafana = (SERVICES[name].environment for name in ("backend", "demo", "grafana"))

    assert backend[env.PLUGIN_SECRET.name] == grafana[env.PLUGIN_SECRET.name]
    assert backend[env.SERVICE_TOKEN.name] == demo[env.SERVICE_TOKEN.name]


def test_the_example_lists_every_secret() -> None:
    """`.env.example` has exactly the variables without which Compose refuses to start."""
    listed = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(listed) == sorted(compose.secrets())


def test_the_source_that_is_mounted_is_the_source_that_runs() -> None:
    """The backend finds a primitive's lines under its mount, though the service names the place of its installation."""
    backend = SERVICES["backend"]
    roots = {mount.target: mount.source for mount in backend.mounts}
    folder = ROOT / roots[backend.environment[env.SOURCE_ROOTS.name]]
    installed = "/opt/airuntime/lib/python3.11/site-packages/airuntime_demo/assistant.py"

    found = SourceFolders((folder,)).snippet(
        Primitive(name="assistant", kind="function", file=installed, line=1, end_line=1, function="build")
    )

    assert found is not None
    assert found.file == "airuntime_demo/assistant.py"
