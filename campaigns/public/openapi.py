"""Description of the read API, as an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from campaigns.models import Campaign
from donors.models import BloodGroup

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
LINK: Schema = {"type": "string", "format": "uri"}
LINK_OR_NONE: Schema = {"type": ["string", "null"], "format": "uri"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def whole(**properties: Schema) -> Schema:
    """An object with exactly these properties, all required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


SESSION: dict[str, Schema] = {
    "id": {"type": "string", "format": "uuid"},
    "state": {"enum": ["planned", "open", "closed", "cancelled"]},
    "place": ref("Names"),
    "province": TEXT,
    "starts_at": MOMENT,
    "ends_at": MOMENT,
    "moved_from": {
        "anyOf": [whole(starts_at=MOMENT, place=ref("Names")), {"type": "null"}],
    },
    "cancelled_because": TEXT_OR_NONE,
    "walk_ins": {"type": "boolean"},
    "places": COUNT,
    "free": COUNT,
}
CAMPAIGN: dict[str, Schema] = {
    "id": {"type": "string", "format": "uuid"},
    "state": {"enum": [str(state) for state in Campaign.PUBLIC]},
    "name": ref("Names"),
    "page": ref("Links"),
    "book": ref("Links"),
    "organiser": ref("Coded"),
    "centre": ref("Coded"),
    "operation": {"anyOf": [ref("Names"), {"type": "null"}]},
    "donors_hoped_for": COUNT,
    "cancelled_because": TEXT_OR_NONE,
}
CENTRE: dict[str, Schema] = {
    "code": TEXT,
    "name": ref("Names"),
    "city": whole(ar=TEXT, fr=TEXT),
    "province": TEXT,
    "page": ref("Links"),
    "phone": TEXT_OR_NONE,
}
PAGED: dict[str, Schema] = {
    "count": COUNT,
    "more": {"type": "boolean"},
    "next": LINK_OR_NONE,
    "previous": LINK_OR_NONE,
}


def feature(**properties: Schema) -> Schema:
    return whole(
        type={"const": "Feature"},
        id=TEXT,
        geometry=whole(
            type={"const": "Point"},
            coordinates={"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
        ),
        properties=whole(**properties),
    )


def collection(of: Schema, **more: Schema) -> Schema:
    return whole(type={"const": "FeatureCollection"}, features=many(of), **more)


SCHEMAS: dict[str, Schema] = {
    "Names": whole(ar=TEXT, fr=TEXT, en=TEXT),
    "Links": whole(ar=LINK, fr=LINK, en=LINK),
    "Coded": whole(code=TEXT, name=ref("Names")),
    "Session": whole(**SESSION, latitude=NUMBER, longitude=NUMBER),
    "Campaign": whole(**CAMPAIGN, sessions=many(ref("Session"))),
    "Campaigns": whole(**PAGED, campaigns=many(ref("Campaign"))),
    "CampaignPoints": collection(feature(**SESSION, campaign=whole(**CAMPAIGN)), **PAGED),
    "Centre": whole(**CENTRE, latitude=NUMBER, longitude=NUMBER),
    "Centres": whole(centres=many(ref("Centre"))),
    "CentrePoints": collection(feature(**CENTRE)),
    "Level": whole(
        group={"enum": list(BloodGroup.values)},
        days_of_cover={"type": ["number", "null"], "minimum": 0},
        state={"enum": ["short", "low", "enough", "unknown"]},
        as_of={"type": ["string", "null"], "format": "date-time"},
    ),
    "Stock": whole(
        national=many(ref("Level")),
        centres=many(whole(code=TEXT, name=ref("Names"), groups=many(ref("Level")))),
    ),
    "Problem": {
        "type": "object",
        "properties": {
            "type": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "errors": {"type": "object", "additionalProperties": many(TEXT)},
        },
        "required": ["type", "status", "detail"],
    },
}
FILTERS: dict[str, tuple[Schema, str]] = {
    "province": (TEXT, "Code of a province or prefecture, as MA-TAZ."),
    "unit": (TEXT, "Code of an organising unit; the units under it are included."),
    "center": (TEXT, "Code of a transfusion centre."),
    "on": (DAY, "Campaigns that collect on this day."),
    "since": (DAY, "Campaigns that collect on this day or later."),
    "until": (DAY, "Campaigns that collect on this day or earlier."),
    "free": ({"type": "boolean"}, "Only those with a free place."),
    "page": (
        {"type": "integer", "minimum": 1},
        "A hundred campaigns a page; count ends where nobody reads on, and more says that it did.",
    ),
}


def path(
    name: str,
    schema: str,
    summary: str,
    media: str = "application/json",
    *,
    parameters: Sequence[Schema] = (),
    problems: dict[str, str] | None = None,
) -> Schema:
    answers: dict[str, Schema] = {
        "200": {
            "description": "As of now; kept for some seconds.",
            "headers": {"ETag": {"schema": TEXT}},
            "content": {media: {"schema": ref(schema)}},
        },
        "304": {"description": "Not changed since the ETag of If-None-Match."},
    }
    for status, description in (problems or {}).items():
        content = {"application/problem+json": {"schema": ref("Problem")}}
        answers[status] = {"description": description, "content": content}
    said: Schema = {"operationId": name, "summary": summary, "responses": answers}
    return {"get": said | ({"parameters": list(parameters)} if parameters else {})}


def document() -> Schema:
    filters: list[Schema] = [
        {"name": name, "in": "query", "schema": schema, "description": description}
        for name, (schema, description) in FILTERS.items()
    ]
    wrong = {"400": "A parameter is wrong; errors says which."}
    public_id: Schema = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
    geo = "application/geo+json"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Blood donation campaigns of Morocco",
            "version": "1.0.0",
            "description": "Public facts, for reading. No key, no cookie, from any origin.",
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "paths": {
            "/campaigns.json": path(
                "campaigns", "Campaigns", "Coming campaigns", parameters=filters, problems=wrong
            ),
            "/campaigns.geojson": path(
                "campaignPoints",
                "CampaignPoints",
                "Their sessions as points",
                geo,
                parameters=filters,
                problems=wrong,
            ),
            "/campaigns/{id}.json": path(
                "campaign",
                "Campaign",
                "One campaign, a past or cancelled one too",
                parameters=[public_id],
                problems={"404": "None of this id."},
            ),
            "/centres.json": path("centres", "Centres", "Centres that collect"),
            "/centres.geojson": path("centrePoints", "CentrePoints", "Centres as points", geo),
            "/stock.json": path("stock", "Stock", "Days of cover by group, with their age"),
        },
        "components": {"schemas": SCHEMAS},
    }
