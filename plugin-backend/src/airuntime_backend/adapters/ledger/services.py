"""Services on a database: their manifests, and what they are told to obey."""

from __future__ import annotations

from functools import lru_cache

from ai_runtime_intelligent.flow.change import Setting
from sqlalchemy import Text, cast, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Experiment, ServiceConfig

from . import bodies
from .models import ExperimentRow, ServiceRow, SettingRow
from .sessions import Sessions


class SqlServices(Sessions):
    """What services said of themselves, and what they are told to obey."""

    def put_manifest(self, manifest: Manifest, at: float) -> None:
        """Keep the latest manifest of a service."""
        try:
            self._put_manifest(manifest, at)
        except IntegrityError:
            # Another replica of a new service was first: now there is a row to write to.
            self._put_manifest(manifest, at)

    def manifests(self) -> tuple[Manifest, ...]:
        """The latest manifest of every service, by name."""
        as_text = cast(ServiceRow.manifest, Text)
        query = select(as_text).where(ServiceRow.manifest.is_not(None)).order_by(ServiceRow.name)
        with self._session() as session:
            return tuple(_read(body) for body in session.scalars(query))

    def config(self, service: str) -> ServiceConfig:
        """What the service is told to obey; generation 0 when nothing ever was."""
        query = select(SettingRow).where(SettingRow.service == service).order_by(SettingRow.tunable)
        tried = select(ExperimentRow).where(ExperimentRow.service == service).order_by(ExperimentRow.tunable)
        with self._session() as session:
            row = session.get(ServiceRow, service)
            settings = tuple((one.tunable, one.value, one.rollout) for one in session.scalars(query))
            experiments = tuple(bodies.EXPERIMENT.validate_python(one.body) for one in session.scalars(tried))
        return ServiceConfig(service, row.generation if row else 0, settings, experiments)

    def _put_manifest(self, manifest: Manifest, at: float) -> None:
        with self._session.begin() as session:
            row = service_row(session, manifest.service, at)
            row.manifest, row.seen_at = manifest.model_dump(mode="json"), at


@lru_cache(maxsize=1024)
def _read(body: str) -> Manifest:
    """A manifest from its JSON; every dashboard asks for all, and few of them change."""
    return Manifest.model_validate_json(body)


def service_row(session: Session, name: str, at: float) -> ServiceRow:
    """The service's row, locked until the transaction ends; a new one when it is not known yet."""
    row = session.get(ServiceRow, name, with_for_update=True)
    if row is None:
        row = ServiceRow(name=name, manifest=None, seen_at=at, generation=0)
        session.add(row)
    return row


def next_generation(session: Session, service: str, at: float) -> None:
    """The service's config is another one from now on."""
    service_row(session, service, at).generation += 1


def write_setting(session: Session, setting: Setting, rollout: str) -> None:
    """Write or remove one setting."""
    if setting.value is None:
        session.execute(
            delete(SettingRow).where(SettingRow.service == setting.service, SettingRow.tunable == setting.tunable)
        )
    else:
        session.merge(
            SettingRow(service=setting.service, tunable=setting.tunable, value=setting.value, rollout=rollout)
        )


def write_experiment(session: Session, service: str, experiment: Experiment) -> None:
    """Let the service try this out; what it tried out on the same tunable before makes room."""
    session.merge(
        ExperimentRow(
            service=service,
            tunable=experiment.tunable,
            rollout=experiment.rollout,
            body=bodies.dump(experiment),
        )
    )


def end_experiment(session: Session, rollout: str) -> None:
    """Let nobody try out what this rollout does; another one's experiment stays."""
    session.execute(delete(ExperimentRow).where(ExperimentRow.rollout == rollout))
