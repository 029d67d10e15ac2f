"""Cases and comments as the service's answers show them; ``None`` is left out of an answer."""

from __future__ import annotations

from sandbox.security_ir.rules.service import Result
from sandbox.security_ir.state.model import Attachment, Case, Comment


def case_view(case: Case) -> Result:
    """GetCaseResponse, which has no case id."""
    return {
        "title": case.title,
        "caseArn": case.arn,
        "description": case.description,
        "caseStatus": case.status,
        "engagementType": case.engagement_type,
        "reportedIncidentStartDate": case.reported_start,
        "actualIncidentStartDate": case.actual_start,
        "impactedAwsRegions": [{"region": region} for region in case.regions],
        "threatActorIpAddresses": [
            {"ipAddress": item.ip_address, "userAgent": item.user_agent} for item in case.threat_actor_ips
        ],
        "pendingAction": case.pending_action,
        "impactedAccounts": list(case.impacted_accounts),
        "watchers": [{"email": item.email, "name": item.name, "jobTitle": item.job_title} for item in case.watchers],
        "createdDate": case.created,
        "lastUpdatedDate": case.last_updated,
        "closureCode": case.closure_code,
        "resolverType": case.resolver_type,
        "impactedServices": list(case.services),
        "caseAttachments": [_attachment(item) for item in case.attachments],
        "closedDate": case.closed,
        "caseMetadata": [{"key": key, "value": value} for key, value in case.metadata] or None,
    }


def _attachment(attachment: Attachment) -> Result:
    return {
        "attachmentId": attachment.attachment_id,
        "fileName": attachment.file_name,
        "attachmentStatus": attachment.status,
        "creator": attachment.creator,
        "createdDate": attachment.created,
    }


def list_item(case: Case) -> Result:
    """ListCasesItem."""
    return {
        "caseId": case.case_id,
        "lastUpdatedDate": case.last_updated,
        "title": case.title,
        "caseArn": case.arn,
        "engagementType": case.engagement_type,
        "caseStatus": case.status,
        "createdDate": case.created,
        "closedDate": case.closed,
        "resolverType": case.resolver_type,
        "pendingAction": case.pending_action,
    }


def comment_item(comment: Comment) -> Result:
    """ListCommentsItem."""
    return {
        "commentId": comment.comment_id,
        "createdDate": comment.created,
        "lastUpdatedDate": comment.last_updated,
        "creator": comment.creator,
        "lastUpdatedBy": comment.last_updated_by,
        "body": comment.body,
    }
