"""The operations that write cases.

https://docs.aws.amazon.com/security-ir/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.security_ir.refusals import Breach, conflict, invalid, refused
from sandbox.security_ir.rules.service import Params, Result, Service
from sandbox.security_ir.state.model import Case, ThreatActorIp, Watcher
from sandbox.security_ir.state.store import Turn, as_date

_DETECTION = "Detection and Analysis"
_CONTAINMENT = "Containment, Eradication and Recovery"
_POST = "Post-incident Activities"
_EDGES = {
    "Submitted": {_DETECTION, _CONTAINMENT, _POST},
    _DETECTION: {_CONTAINMENT, _POST},
    _CONTAINMENT: {_DETECTION, _POST},
    _POST: {_CONTAINMENT, _DETECTION},
}
_MOST_WATCHERS = 30


def create_case(service: Service, turn: Turn, params: Params) -> Result:
    """A new case at Submitted."""

    def act() -> str:
        draft = Case(
            case_id="",
            arn="",
            title=params["title"],
            description=params["description"],
            status="Submitted",
            resolver_type=params["resolverType"],
            engagement_type=params["engagementType"],
            creator="",
            created=turn.date,
            last_updated=turn.date,
            reported_start=as_date(params["reportedIncidentStartDate"].timestamp()),
            impacted_accounts=tuple(params["impactedAccounts"]),
            regions=tuple(item["region"] for item in params.get("impactedAwsRegions", ())),
            services=tuple(params.get("impactedServices", ())),
            threat_actor_ips=_addresses(params, "threatActorIpAddresses"),
            watchers=_watchers(params, "watchers"),
            tags=tuple(params.get("tags", {}).items()),
        )
        return turn.new_case(draft).case_id

    return {"caseId": service.once("CreateCase", turn, params, act)}


def update_case(_: Service, turn: Turn, params: Params) -> Result:
    """Set some attributes of an open case, and add to or delete from others."""
    case = turn.case(params["caseId"])
    _refuse_closed(case)
    if len(params) == 1:
        raise refused("Nothing to update")
    reported, actual = params.get("reportedIncidentStartDate"), params.get("actualIncidentStartDate")
    metadata = params.get("caseMetadata")
    changed = replace(
        case,
        title=params.get("title", case.title),
        description=params.get("description", case.description),
        engagement_type=params.get("engagementType", case.engagement_type),
        reported_start=as_date(reported.timestamp()) if reported else case.reported_start,
        actual_start=as_date(actual.timestamp()) if actual else case.actual_start,
        impacted_accounts=_merged(case.impacted_accounts, params, "impactedAccounts"),
        services=_merged(case.services, params, "impactedServices"),
        regions=_merged_regions(case, params),
        threat_actor_ips=_merged_addresses(case, params),
        watchers=_merged_watchers(case, params),
        metadata=tuple((m["key"], m["value"]) for m in metadata) if metadata else case.metadata,
    )
    turn.save(changed)
    return {}


def update_case_status(service: Service, turn: Turn, params: Params) -> Result:
    """Move a self-managed case along one of the documented edges.

    https://docs.aws.amazon.com/security-ir/latest/APIReference/API_UpdateCaseStatus.html
    """
    case = turn.case(params["caseId"])
    _refuse_closed(case)
    if case.resolver_type != "Self":
        raise refused("The status of an AWS supported case is set by AWS")
    wanted = params["caseStatus"]
    allowed = _EDGES.get(case.status, {_DETECTION, _CONTAINMENT, _POST})
    if case.status == "Submitted" and service.switches.submitted_only_to_detection:
        allowed = {_DETECTION}
    if wanted not in allowed:
        raise conflict(f"A case cannot go from {case.status} to {wanted}", case.case_id)
    turn.save(replace(case, status=wanted))
    return {"caseStatus": wanted}


def close_case(_: Service, turn: Turn, params: Params) -> Result:
    """Close a case of either kind; the operation knows no closure code."""
    case = turn.case(params["caseId"])
    _refuse_closed(case)
    closed = turn.close(case, None)
    return {"caseStatus": closed.status, "closedDate": closed.closed}


def _refuse_closed(case: Case) -> None:
    if case.status == "Closed":
        raise conflict("The case is closed and cannot be reopened", case.case_id)


def _merged(values: tuple[str, ...], params: Params, name: str) -> tuple[str, ...]:
    gone = set(params.get(f"{name}ToDelete", ()))
    kept = [value for value in values if value not in gone]
    return tuple(dict.fromkeys([*kept, *params.get(f"{name}ToAdd", ())]))


def _merged_regions(case: Case, params: Params) -> tuple[str, ...]:
    names = ("impactedAwsRegionsToAdd", "impactedAwsRegionsToDelete")
    plain = {name: [item["region"] for item in params.get(name, ())] for name in names}
    return _merged(case.regions, plain, "impactedAwsRegions")


def _merged_addresses(case: Case, params: Params) -> tuple[ThreatActorIp, ...]:
    gone = {item["ipAddress"] for item in params.get("threatActorIpAddressesToDelete", ())}
    kept = {item.ip_address: item for item in case.threat_actor_ips if item.ip_address not in gone}
    added = {item.ip_address: item for item in _addresses(params, "threatActorIpAddressesToAdd")}
    return tuple((kept | added).values())


def _merged_watchers(case: Case, params: Params) -> tuple[Watcher, ...]:
    gone = {item["email"].lower() for item in params.get("watchersToDelete", ())}
    kept = {item.email.lower(): item for item in case.watchers if item.email.lower() not in gone}
    added = {item.email.lower(): item for item in _watchers(params, "watchersToAdd")}
    merged = tuple((kept | added).values())
    if len(merged) > _MOST_WATCHERS:
        raise invalid([Breach("watchersToAdd", f"a case has at most {_MOST_WATCHERS} watchers")])
    return merged


def _watchers(params: Params, name: str) -> tuple[Watcher, ...]:
    return tuple(Watcher(item["email"], item.get("name"), item.get("jobTitle")) for item in params.get(name, ()))


def _addresses(params: Params, name: str) -> tuple[ThreatActorIp, ...]:
    return tuple(ThreatActorIp(item["ipAddress"], item.get("userAgent")) for item in params.get(name, ()))
