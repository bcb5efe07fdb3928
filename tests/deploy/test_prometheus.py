"""Prometheus' configuration and rules: accepted by Prometheus, about metrics of the contract, firing as meant."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ai_runtime_intelligent.contract import env, metrics
from ai_runtime_intelligent.contract.promql import EVERYTHING, MEASURE
from airuntime_demo.service import SERVICE
from support import compose
from support.compose import ROOT

FOLDER = ROOT / "provisioning" / "prometheus"
CONFIG = FOLDER / "prometheus.yml"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
CASES = Path(__file__).with_name("rules.test.yml")
KNOWN = {metric.name: metric for metric in (*metrics.INSTRUMENTATION, *metrics.BACKEND)}
RECORDED = re.compile(r"primitive:airuntime_(\w+):rate5m")
GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)")
SELECTOR = re.compile(r"\b((?:airuntime|gen_ai)_\w+)(?:\{([^}]*)\})?")


def _promtool(*words: str) -> subprocess.CompletedProcess[str]:
    """Raises FileNotFoundError: without promtool these tests prove nothing and must not pass."""
    found = shutil.which("promtool")
    if found is None:
        raise FileNotFoundError("no promtool on the PATH: it comes with Prometheus")
    return subprocess.run([found, *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own words


def _rules() -> list[dict[str, Any]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def test_prometheus_accepts_the_configuration() -> None:
    """`promtool check config` finds nothing wrong, and finds every file of rules."""
    done = _promtool("check", "config", str(CONFIG))

    assert done.returncode == 0, done.stderr
    assert f"{len(RULES)} rule files found" in done.stdout


def test_prometheus_accepts_the_rules() -> None:
    """`promtool check rules`, its lints included, finds nothing wrong."""
    done = _promtool("check", "rules", "--lint=all", "--lint-fatal", *map(str, RULES))

    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_fire_as_meant() -> None:
    """`promtool test rules`: each alert fires on the series that it is for, and not on those beside them."""
    done = _promtool("test", "rules", str(CASES))

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_seen_to_fire() -> None:
    """The cases name each alert, once when it fires with all its words and once when it does not."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))["tests"]
    seen: dict[str, set[bool]] = {}
    for case in (case for test in cases for case in test.get("alert_rule_test", [])):
        seen.setdefault(case["alertname"], set()).add(bool(case.get("exp_alerts")))

    assert seen == {rule["alert"]: {True, False} for rule in _rules() if "alert" in rule}


def test_recorded_series_are_the_contracts_measures() -> None:
    """What is recorded under the name of a measure is that measure, over five minutes."""
    recorded = {rule["record"]: " ".join(rule["expr"].split()) for rule in _rules() if "record" in rule}

    assert len(recorded) >= 5
    for name, expr in recorded.items():
        match = RECORDED.fullmatch(name)
        assert match is not None, name
        assert expr.replace("( ", "(") == MEASURE[match[1]].value(EVERYTHING, "5m")


def test_alerts_are_about_metrics_of_the_contract() -> None:
    """Each metric is in the table, and each label that a rule matches or groups by is one of that metric."""
    for rule in (rule for rule in _rules() if "alert" in rule):
        expr = RECORDED.sub("", rule["expr"])
        for name, matchers in SELECTOR.findall(expr):
            assert name in KNOWN, name
            assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= set(KNOWN[name].labels), rule["alert"]
        grouped = {label for labels in GROUPING.findall(expr) for label in re.findall(r"\w+", labels)}
        assert grouped <= {label for name, _ in SELECTOR.findall(expr) for label in KNOWN[name].labels}, rule["alert"]


@pytest.mark.parametrize("rule", [rule for rule in _rules() if "alert" in rule], ids=lambda rule: rule["alert"])
def test_alerts_say_what_to_do(rule: dict[str, Any]) -> None:
    """Each has a severity, a summary and a description."""
    assert rule["labels"]["severity"] in {"info", "warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert all(len(text) > 30 for text in rule["annotations"].values())


def test_every_alert_has_a_runbook(tmp_path: Path) -> None:
    """A page of its own, which the list names, with what to do and a query that Prometheus can read."""
    listed = (ROOT / "docs/runbooks/README.md").read_text(encoding="utf-8")
    queries = []
    for rule in (rule for rule in _rules() if "alert" in rule):
        page = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
        queries += re.findall(r"```promql\n(.+)\n```", page)
        assert page.startswith(f"# {rule['alert']}: ")
        assert "## What to do" in page
        assert f"({rule['alert']}.md)" in listed
    rules = [{"record": f"asked:{number}", "expr": query} for number, query in enumerate(queries)]
    asked = tmp_path / "asked.yml"
    asked.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}), encoding="utf-8")

    assert len(queries) == len(list((ROOT / "docs/runbooks").glob("AirRuntime*.md")))
    assert _promtool("check", "rules", str(asked)).returncode == 0


def test_both_halves_of_the_product_are_scraped() -> None:
    """The jobs are those of `make demo`, at services of the compose file; a test of the ports holds their ports."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}

    assert set(jobs) == {SERVICE, "airuntime-backend"}
    assert {target.partition(":")[0] for targets in jobs.values() for target in targets} == {"demo", "backend"}
    told = compose.services()["backend"].environment[env.SCRAPE_SECONDS.name]
    assert config["global"]["scrape_interval"] == f"{told}s"


def test_the_container_reads_this_configuration() -> None:
    """The file that is named on the command line is in the folder that is mounted."""
    service = compose.services()["prometheus"]
    (mounted,) = (mount for mount in service.mounts if not mount.named)

    assert mounted.source == "./provisioning/prometheus"
    assert f"--config.file={mounted.target}/{CONFIG.name}" in service.command
