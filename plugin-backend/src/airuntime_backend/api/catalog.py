"""The catalogue in full: what the query type ``catalog`` has in a table."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.engine.catalogue import Entry

from .auth import requires
from .catalog_schemas import CatalogEntry, CatalogLibrary, CatalogLink, CatalogQuery, CatalogTunable, CatalogView
from .document import ERRORS, GUARDED
from .queries.table import wanted
from .services import services

bp = APIBlueprint(
    "catalog",
    __name__,
    abp_tags=[Tag(name="catalog", description="What there is")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.get("/catalog", summary="List every primitive with all that is known of it", responses={200: CatalogView})
@requires("viewer")
def catalog(query: CatalogQuery) -> dict[str, object]:
    """What each does, where it lives, what it calls and uses, its tunables, and how it performs now."""
    here = services()
    entries, problems = here.catalogue.read(query.seconds, here.clock.now())
    shown = [_entry(one) for one in entries if wanted(query.service, one.service)]
    return CatalogView(entries=shown, problems=list(problems)).model_dump(mode="json")


def _entry(entry: Entry) -> CatalogEntry:
    primitive = entry.primitive
    libraries = [
        CatalogLibrary(
            name=one.name, version=one.version, links=[CatalogLink(name=name, url=url) for name, url in one.links]
        )
        for one in entry.libraries
    ]
    return CatalogEntry(
        service=entry.service,
        primitive=primitive.name,
        kind=primitive.kind,
        doc=primitive.doc,
        file=primitive.file,
        line=primitive.line,
        end_line=primitive.end_line,
        function=primitive.function,
        calls=list(primitive.callees),
        libraries=libraries,
        tunables=[CatalogTunable.model_validate(vars(one)) for one in entry.tunables],
        numbers=dict(entry.numbers),
    )
