"""`from_config()`: what a file may hold, what the environment puts into it, and what is said of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ai_runtime_intelligent import CachePrimitive, ConfigFileError, IntelligentRuntime, Settings, instrument
from ai_runtime_intelligent.runtime.settings import ApmSettings, Context7Settings, IntelligenceSettings

Write = Callable[[str], Path]

WHOLE = """
runtime:
  service_name: shop
  backend_url: http://127.0.0.1:8765
  service_token: ${TOKEN}
  poll_seconds: 2.5
  apm:
    enabled: ${APM:-true}
    backend: datadog
    export_to_prometheus: no
    vendor_agent: "${AGENT:-false}"
    metrics_port: ${PORT:-0}
    prices:
      my-model: {input: 1, output: 2.5}
context7:
  enabled: true
  api_key: ctx7sk-${KEY}
  auto_analyze: yes
intelligence:
  auto_optimize: true
  learning_rate: 0.05
  min_samples: 20
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write `config.yaml` into the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def settings() -> Settings:
    """The settings in `config.yaml`."""
    return IntelligentRuntime.from_config("config.yaml").settings


def problem() -> str:
    """What is said of `config.yaml`."""
    with pytest.raises(ConfigFileError) as caught:
        settings()
    return str(caught.value)


def test_every_key(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key is read, in its type, with the environment's values where they are named."""
    write(WHOLE)
    monkeypatch.setenv("TOKEN", "12345")
    monkeypatch.setenv("KEY", "abc")
    monkeypatch.setenv("PORT", "9100")

    assert settings() == Settings(
        service_name="shop",
        backend_url="http://127.0.0.1:8765",
        service_token="12345",
        poll_seconds=2.5,
        apm=ApmSettings(
            enabled=True,
            backend="datadog",
            export_to_prometheus=False,
            metrics_port=9100,
            prices={"my-model": {"input": 1.0, "output": 2.5}},
        ),
        context7=Context7Settings(enabled=True, api_key="ctx7sk-abc", auto_analyze=True),
        intelligence=IntelligenceSettings(auto_optimize=True, learning_rate=0.05, min_samples=20),
    )


@pytest.mark.parametrize("text", ["", "runtime:\n", "# nothing\n", "runtime: {}\nintelligence:\n"])
def test_defaults(write: Write, text: str) -> None:
    """An empty file is the constructor without arguments; the defaults of the intelligence are 0.01 and 100."""
    write(text)

    assert settings() == IntelligentRuntime().settings == Settings()
    assert (settings().intelligence.learning_rate, settings().intelligence.min_samples) == (0.01, 100)
    assert settings().apm == ApmSettings(enabled=True, backend="opentelemetry", export_to_prometheus=True)


def test_sections_stand_under_runtime_or_beside_it(write: Write) -> None:
    """The three sections may stand in either place, but in one only."""
    apart = "apm: {enabled: false}\ncontext7: {enabled: true}\nintelligence: {min_samples: 7}\n"
    write(apart)
    beside = settings()
    write("runtime:\n" + "".join(f"  {line}\n" for line in apart.splitlines()))

    assert beside == settings()
    assert (beside.apm.enabled, beside.context7.enabled, beside.intelligence.min_samples) == (False, True, 7)
    write("runtime:\n  apm: {}\napm: {}\n")
    assert problem() == "config.yaml:3: apm: is given twice, first on line 2"


def test_default_in_the_file_is_for_unset_and_empty(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """`${NAME:-default}` stands in for a variable that is not set or empty, as in a shell; `$${` is itself."""
    write('runtime: {service_name: "${NAME:-shop}-${STAGE:-dev}$${x}"}\n')
    monkeypatch.setenv("NAME", "")
    monkeypatch.setenv("STAGE", "prod")

    assert settings().service_name == "shop-prod${x}"


def test_variable_without_value_or_default(write: Write) -> None:
    """A variable that is not set and has no default is named, with file, line and key."""
    write("context7:\n  enabled: true\n  api_key: ${CONTEXT7_KEY_OF_NOBODY}\n")

    assert problem() == (
        "config.yaml:3: context7.api_key: the environment variable CONTEXT7_KEY_OF_NOBODY is not set; "
        "give a default with ${CONTEXT7_KEY_OF_NOBODY:-...}"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("runtime:\n  apm:\n    enable: true\n", "3: runtime.apm.enable: is unknown; known are enabled, backend, "),
        ("runtim: {}\n", "1: runtim: is unknown; known are runtime, apm, context7, intelligence"),
        ("runtime:\n  apm: {enabled: 1}\n", "2: runtime.apm.enabled: must be true or false, got '1'"),
        ("runtime:\n  apm: {enabled: 'true'}\n", "2: runtime.apm.enabled: must be true or false, got 'true'"),
        (
            "runtime:\n  apm:\n    backend: zipkin\n",
            "3: runtime.apm.backend: must be one of opentelemetry, elastic, datadog, got 'zipkin'",
        ),
        ("runtime:\n  apm: [1]\n", "2: runtime.apm: must be a mapping, got a list"),
        ("runtime:\n  apm: yes\n", "2: runtime.apm: must be a mapping, got 'yes'"),
        ("runtime:\n  service_name: 7\n", "2: runtime.service_name: must be text, got '7'"),
        ("runtime: {apm: {metrics_port: 70000}}\n", "1: runtime.apm.metrics_port: must be a port from 0 to 65535"),
        (
            "runtime: {backend_url: 'ftp://me:s3cret@x'}\n",
            "1: runtime.backend_url: must begin with http:// or https://",
        ),
        ("runtime: {poll_seconds: 0}\n", "1: runtime.poll_seconds: must be above 0, got '0'"),
        ("intelligence:\n\n  min_samples: 1.5\n", "3: intelligence.min_samples: must be a whole number, got '1.5'"),
        ("intelligence: {min_samples: 0}\n", "1: intelligence.min_samples: must be from 1, got '0'"),
        ("intelligence: {learning_rate: .nan}\n", "1: intelligence.learning_rate: must be above 0 and at most 1"),
        ("intelligence: {learning_rate: fast}\n", "1: intelligence.learning_rate: must be a number, got 'fast'"),
        ("intelligence: {learning_rate: true}\n", "1: intelligence.learning_rate: must be a number, got 'true'"),
        ("apm:\n  enabled: true\n  enabled: no\n", "3: apm.enabled: is given twice, first on line 2"),
        ("apm: {enabled: true\n", "2: is not YAML: expected ',' or '}'"),
        ("- a\n", "1: must be a mapping, got a list"),
        ("a: 1\n---\nb: 2\n", "2: is not YAML: but found another document"),
        ('context7: {api_key: "${1KEY}"}\n', "1: context7.api_key: holds '${' that begins neither ${NAME} nor"),
        ("apm: {enabled: ${APM}}\n", "1: is not YAML: "),
        ("apm: {prices: {m: {output: 1}}}\n", "1: apm.prices.m: needs a price for input"),
        ("apm: {prices: {m: {input: 1, cach: 1}}}\n", "1: apm.prices.m.cach: is unknown; known are input, output, "),
        ("apm:\n  prices:\n    m:\n      input: -1\n", "4: apm.prices.m.input: must be USD per million tokens from 0"),
    ],
)
def test_mistakes_name_file_line_and_key(write: Write, text: str, said: str) -> None:
    """An unknown key, a wrong type, a value out of range and bad YAML are told with their place."""
    write(text)

    assert problem().startswith(f"config.yaml:{said}")


def test_error_can_be_read_by_a_program(write: Write) -> None:
    """File, line and key are fields of the error."""
    write("runtime:\n  apm:\n    enable: true\n")
    with pytest.raises(ConfigFileError) as caught:
        settings()

    assert (caught.value.file, caught.value.line, caught.value.key) == ("config.yaml", 3, "runtime.apm.enable")


def test_secrets_are_never_shown(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is in a repr or an error: not one in the file, not one from the environment, wherever it was put."""
    monkeypatch.setenv("KEY", "s3cret")
    write("runtime: {service_token: s3cret}\ncontext7: {api_key: '${KEY}'}\n")
    runtime = IntelligentRuntime.from_config("config.yaml")
    assert runtime.settings.context7.api_key == runtime.settings.service_token == "s3cret"
    assert "s3cret" not in repr(runtime) + repr(runtime.settings)

    for text in (
        "context7: {api_key: [s3cret]}\n",
        "context7: {api_key: {s3cret: 1}}\n",
        "context7: {api_key: s3cret, x: [}\n",
        "runtime: {backend_url: 'ftp://me:s3cret@x'}\n",
        "runtime: {apm: {enabled: '${KEY}'}}\n",
        "runtime: {apm: {backend: '${KEY}'}}\n",
        "intelligence: {min_samples: '${KEY}'}\n",
    ):
        write(text)
        assert "s3cret" not in problem()
    monkeypatch.setenv("KEY", "7")
    write("context7: {api_key: 1234567}\n")
    assert problem() == "config.yaml:1: context7.api_key: must be text"


def test_file_that_cannot_be_read(write: Write, tmp_path: Path) -> None:
    """A file that is not there is the usual error; one that is no text is told."""
    with pytest.raises(FileNotFoundError):
        IntelligentRuntime.from_config(tmp_path / "nowhere.yaml")
    write("").write_bytes(b"\xff\xfe\x00")

    assert problem() == "config.yaml: must be UTF-8 text"


@pytest.mark.asyncio
async def test_example_of_the_design_runs_as_it_is(write: Write) -> None:
    """A sync `with` around an awaited workflow, in async code; measured inside, bare outside."""
    write("runtime:\n  service_name: svc\n  apm: {enabled: true, metrics_port: 0, export_to_prometheus: true}\n")
    workflow = CachePrimitive("answers", instrument(lambda data: data["question"] + "!", name="answer"))
    data, context = {"question": "open?"}, None

    with IntelligentRuntime.from_config("config.yaml") as runtime:
        result = await workflow.execute(data, context)
        apm = runtime.apm
        assert apm is not None
        labels = {"service": "svc", "primitive": "answers", "kind": "cache", "status": "ok"}
        assert apm.registry.get_sample_value("airuntime_executions_total", labels) == 1

    assert result == "open?!"
    assert runtime.apm is None
    async with IntelligentRuntime.from_config("config.yaml") as again:
        assert await workflow.execute(data, context) == "open?!"
        assert again.metrics_port


def test_switched_off_in_the_file(write: Write) -> None:
    """`apm.enabled: false` measures nothing."""
    write("runtime: {apm: {enabled: false}}\n")

    with IntelligentRuntime.from_config("config.yaml") as runtime:
        assert (runtime.apm, runtime.metrics_port) == (None, None)


def test_prices_are_found_beside_the_file(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of prices is named from the configuration file, wherever the program runs."""
    (tmp_path / "prices.yaml").write_text("my-model: {input: 1, output: 2}\n", encoding="utf-8")
    config = write("runtime: {apm: {prices: prices.yaml, metrics_port: 0}}\n")
    monkeypatch.chdir("/")

    with IntelligentRuntime.from_config(config) as runtime:
        usage = {"prompt_tokens": 10, "completion_tokens": 10}
        instrument(lambda: {"model": "my-model", "usage": usage}, name="m", kind="llm")()
        apm = runtime.apm
        assert apm is not None
        labels = {"primitive": "m", "kind": "llm", "model": "my-model", "route": "", "router": ""}
        cost = apm.registry.get_sample_value("airuntime_cost_usd_total", {"service": "unknown_service", **labels})
    assert cost == pytest.approx(30e-6)
