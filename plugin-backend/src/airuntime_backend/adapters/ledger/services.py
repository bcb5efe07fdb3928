"""Services on a database: their manifests, and what they are told to obey."""

from __future__ import annotations

from ai_runtime_intelligent.flow.change import Setting
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import ServiceConfig

from .models import ServiceRow, SettingRow
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
        query = select(ServiceRow.manifest).where(ServiceRow.manifest.is_not(None)).order_by(ServiceRow.name)
        with self._session() as session:
            return tuple(Manifest.model_validate(body) for body in session.scalars(query))

    def config(self, service: str) -> ServiceConfig:
        """What the service is told to obey; generation 0 when nothing ever was."""
        query = select(SettingRow).where(SettingRow.service == service).order_by(SettingRow.tunable)
        with self._session() as session:
            row = session.get(ServiceRow, service)
            settings = tuple((one.tunable, one.value, one.rollout) for one in session.scalars(query))
        return ServiceConfig(service, row.generation if row else 0, settings)

    def _put_manifest(self, manifest: Manifest, at: float) -> None:
        with self._session.begin() as session:
            row = service_row(session, manifest.service, at)
            row.manifest, row.seen_at = manifest.model_dump(mode="json"), at


def service_row(session: Session, name: str, at: float) -> ServiceRow:
    """The service's row, locked until the transaction ends; a new one when it is not known yet."""
    row = session.get(ServiceRow, name, with_for_update=True)
    if row is None:
        row = ServiceRow(name=name, manifest=None, seen_at=at, generation=0)
        session.add(row)
    return row


def write_setting(session: Session, setting: Setting, rollout: str, at: float) -> None:
    """Write or remove one setting; either way the config is a new generation."""
    row = service_row(session, setting.service, at)
    row.generation += 1
    if setting.value is None:
        session.execute(
            delete(SettingRow).where(SettingRow.service == setting.service, SettingRow.tunable == setting.tunable)
        )
    else:
        session.merge(
            SettingRow(service=setting.service, tunable=setting.tunable, value=setting.value, rollout=rollout)
        )
