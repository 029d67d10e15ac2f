"""End to end: real Terraform, the real zips under the Lambda runtime client, both servers; only AWS is played."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from .play import Play
from .shell import asked, sh


def test_a_native_event_alone_makes_an_issue_of_a_case(play: Play) -> None:
    case_id = play.open_case("Native event")
    play.rest()
    issue = play.stage.jira.issue(play.key_of(case_id))
    assert (issue.summary, issue.description_text) == ("Native event", "Description of Native event")


def test_a_sweep_alone_makes_an_issue_of_a_case(play: Play) -> None:
    bells = list(play.stage.security_ir.on_change)
    play.stage.security_ir.on_change.clear()
    case_id = play.open_case("Sweep alone")
    play.stage.security_ir.on_change.extend(bells)
    play.sweep("case")
    play.rest()
    assert play.issues_titled("Sweep alone") == [play.key_of(case_id)]


def test_an_issue_and_its_comment_reach_security_ir_after_a_notification(play: Play) -> None:
    key = play.ada.create_issue("SEC", "Born in Jira", "Mail headers follow.").key
    play.rest()
    play.ada.comment(key, "Here they are.")
    play.rest()
    (case_id,) = play.cases_titled("Born in Jira")
    assert play.key_of(case_id) == key
    assert "Here they are." in play.said_on_case(case_id)
    assert play.issues_titled("Born in Jira") == [key]


def test_an_issue_sweep_alone_brings_what_no_rule_told(play: Play) -> None:
    bells = list(play.stage.jira.on_change)
    play.stage.jira.on_change.clear()
    play.ada.create_issue("SEC", "No rule ran", "Quota used up.")
    play.sweep("issue")
    play.rest()
    play.stage.jira.on_change.extend(bells)
    assert len(play.cases_titled("No rule ran")) == 1


def test_a_status_moves_a_self_managed_case_and_back_and_a_closed_case_closes_its_issue(play: Play) -> None:
    case_id = play.open_case("Status", own=True)
    play.rest()
    key = play.key_of(case_id)
    play.ada.transition(key, "In Progress")
    play.rest()
    assert play.stage.security_ir.case(case_id).status == "Detection and Analysis"
    play.grace.set_status(case_id, "Post-incident Activities")
    play.rest()
    assert play.stage.jira.issue(key).status.name == "In Review"
    play.grace.close(case_id, "Duplicate")
    play.rest()
    assert play.stage.jira.issue(key).status.name == "Done"
    assert "Duplicate" in play.said_on_issue(key)


def test_an_edited_comment_changes_its_copy_and_an_issue_that_is_done_closes_its_case(play: Play) -> None:
    case_id = play.open_case("Edits", own=True)
    play.rest()
    key = play.key_of(case_id)
    remark = play.ada.comment(key, "first wording")
    play.rest()
    play.ada.edit_comment(key, remark.id, "second wording")
    play.ada.edit(key, summary="Edits, renamed")
    play.ada.transition(key, "Done")
    play.rest()
    assert "second wording" in play.said_on_case(case_id)
    assert "first wording" not in play.said_on_case(case_id)
    case = play.stage.security_ir.case(case_id)
    assert (case.title, case.status) == ("Edits, renamed", "Closed")


def test_files_and_watchers_arrive_on_the_other_side(play: Play) -> None:
    case_id = play.open_case("Files")
    play.rest()
    key = play.key_of(case_id)
    play.aws.attach(case_id, "headers.txt", b"Received: from evil.example")
    play.ada.attach(key, "screen shot.png", b"\x89PNG evidence")
    play.aws.add_watcher(case_id, "ada@example.com")
    play.stage.cloud.put_native_event("Case Updated", {"caseId": case_id})
    play.rest()
    issue, case = play.stage.jira.issue(key), play.stage.security_ir.case(case_id)
    assert {file.content for file in issue.attachments} == {b"Received: from evil.example", b"\x89PNG evidence"}
    assert sorted(file.file_name for file in case.attachments) == ["headers.txt", "screen_shot.png"]
    assert "Ada Lovelace" in [user.name for user in issue.watchers]


def test_a_lost_answer_to_a_comment_writes_no_second_one(play: Play) -> None:
    case_id = play.open_case("Comment answers lost")
    play.rest()
    key = play.key_of(case_id)
    play.stage.jira.faults.add("POST .*/comment", after=True, drop=True, times=1)
    play.stage.security_ir.faults.add("CreateCaseComment", after=True, times=4)
    play.aws.comment(case_id, "from the case")
    play.ada.comment(key, "from the issue")
    play.rest()
    assert play.said_on_issue(key).count("from the case") == 1
    assert play.said_on_case(case_id).count("from the issue") == 1


def test_sixty_comments_arrive_once_each_in_order(play: Play) -> None:
    case_id = play.open_case("Sixty comments")
    for number in range(60):
        play.aws.comment(case_id, f"remark {number:02}.")
    play.rest()
    said = play.said_on_issue(play.key_of(case_id))
    places = [said.index(f"remark {number:02}.") for number in range(60)]
    assert places == sorted(places)
    assert said.count("remark ") == 60


def test_every_notification_told_three_times_changes_nothing(play: Play) -> None:
    case_id = play.open_case("Thrice")
    for _ in range(2):
        play.stage.cloud.put_native_event("Case Created", {"caseId": case_id})
    play.rest()
    key = play.key_of(case_id)
    for _ in range(3):
        play.notify(key)
        play.stage.cloud.put_native_event("Case Updated", {"caseId": case_id})
    play.forget()
    play.rest()
    assert play.writes() == []
    assert play.issues_titled("Thrice") == [key]
    assert len(play.cases_titled("Thrice")) == 1


def test_at_rest_ten_sweeps_and_ten_notifications_write_nothing(play: Play) -> None:
    case_id = play.open_case("At rest")
    play.rest()
    play.forget()
    for _ in range(10):
        play.sweep("case")
        play.sweep("issue")
        play.notify(play.key_of(case_id))
        play.rest()
    assert play.writes() == []


@pytest.mark.parametrize("lag", [0.0, 90.0])
def test_a_lost_answer_to_the_creation_of_an_issue_makes_no_second_one(play: Play, lag: float) -> None:
    play.stage.jira.switches.search_lag = lag
    play.stage.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    title = f"Issue answer lost, lag {lag}"
    case_id = play.open_case(title)
    play.rest()
    play.stage.jira.switches.search_lag = 0.0
    assert play.issues_titled(title) == [play.key_of(case_id)]
    assert play.cases_titled(title) == [case_id]


def test_a_lost_answer_to_the_creation_of_a_case_makes_no_second_one(play: Play) -> None:
    play.stage.security_ir.faults.add("CreateCase", after=True, times=4)
    key = play.ada.create_issue("SEC", "Case answer lost").key
    play.rest()
    assert len(play.cases_titled("Case answer lost")) == 1
    assert play.issues_titled("Case answer lost") == [key]


@pytest.mark.parametrize("after", [False, True])
def test_a_function_killed_while_it_binds_a_pair_leaves_one_pair(play: Play, after: bool) -> None:
    title = f"Killed while binding, after={after}"
    function = play.stage.outputs["functions"]["jira_client"]["name"]
    play.stage.cloud.kill_during(function, "dynamodb:UpdateItem", after=after)
    case_id = play.open_case(title)
    play.rest()
    assert play.issues_titled(title) == [play.key_of(case_id)]


def test_nothing_is_lost_while_jira_is_down(play: Play) -> None:
    case_id = play.open_case("Jira down")
    play.rest()
    play.stage.jira.down = True
    play.aws.comment(case_id, "Said during the outage.")
    play.stage.cloud.advance(1_800)
    play.stage.jira.down = False
    play.rest()
    assert play.said_on_issue(play.key_of(case_id)).count("Said during the outage.") == 1
    assert play.stage.cloud.dead_letters() == []


def test_a_refused_token_costs_no_notification_and_a_new_one_is_taken_up(play: Play) -> None:
    jira, cloud = play.stage.jira, play.stage.cloud
    case_id = play.open_case("Token")
    play.rest()
    jira.valid_tokens.clear()
    play.aws.comment(case_id, "While the token was void.")
    cloud.advance(3_600)
    jira.valid_tokens.add("another-token")
    play.stage.cloud.boto3("ssm").put_parameter(
        Name="/SecurityIncidentResponse/jiraToken", Value="another-token", Type="SecureString", Overwrite=True
    )
    play.rest()
    jira.valid_tokens.add(jira.token)
    assert "While the token was void." in play.said_on_issue(play.key_of(case_id))


def test_a_malformed_notification_goes_to_the_dead_letters_with_its_reason(play: Play) -> None:
    play.stage.cloud.publish(play.stage.outputs["jira_notifications_topic_arn"], {"IssueId": "not an issue"})
    play.stage.cloud.publish(play.stage.outputs["jira_notifications_topic_arn"], {"IssueId": "OTHER-1"})
    play.rest()
    reasons = [letter.reason or "" for letter in play.stage.cloud.dead_letters()]
    assert sorted("IssueId" in reason or "outside the project" in reason for reason in reasons) == [True, True]
    play.empty_dead_letters()


@pytest.mark.parametrize(
    "function", ["security_ir_poller", "jira_client", "jira_notifications_handler", "security_ir_client"]
)
def test_what_no_function_can_read_is_a_dead_letter_at_once(play: Play, function: str) -> None:
    sqs, queue = play.stage.cloud.boto3("sqs"), play.stage.outputs["queues"][function]
    sqs.send_message(QueueUrl=queue["url"], MessageBody='{"nobody": "knows this"}')
    play.rest()
    (letter,) = play.stage.cloud.dead_letters()
    assert letter.queue == queue["dead_letter_arn"].rpartition(":")[2]
    assert letter.reason
    play.empty_dead_letters()


def test_a_case_that_vanished_is_announced_once_and_its_issue_stays(play: Play) -> None:
    case_id = play.open_case("Vanishes")
    play.rest()
    play.sweep("case")
    play.rest()
    key = play.key_of(case_id)
    play.aws.delete(case_id)
    for _ in range(3):
        play.sweep("case")
        play.rest()
        play.stage.cloud.advance(700)
    assert play.issues_titled("Vanishes") == [key]
    assert play.logged_events().count('"CaseDeleted"') == 1


def test_events_of_both_directions_are_in_the_event_log_and_hold_no_bodies(play: Play) -> None:
    play.ada.create_issue("SEC", "Logged", "a-body-that-must-not-be-logged")
    play.open_case("Logged too")
    play.rest()
    text = play.logged_events()
    assert "CaseCreated" in text
    assert "IssueCreated" in text
    assert "a-body-that-must-not-be-logged" not in text


# What people run by hand: each command as the output prints it


def test_the_doctor_finds_nothing_in_a_healthy_installation_and_its_report_can_be_read(play: Play) -> None:
    case_id = play.open_case("Examined")
    play.rest()
    play.ada.transition(play.key_of(case_id), "In Progress")
    play.sweep("case")
    play.sweep("issue")
    play.rest()
    play.forget()
    done = sh(play.stage, play.stage.outputs["doctor_command"])
    report = json.loads(done.stdout)
    assert report["findings"] == [], report["report"]
    assert report["not_checked"] == []
    assert done.stdout.count("\n") > len(report["report"])
    assert "Examined" not in done.stdout
    assert play.writes() == []


def test_the_doctor_sees_from_inside_what_is_broken_outside(play: Play) -> None:
    stage, events, functions = play.stage, play.stage.cloud.boto3("events"), play.stage.cloud.boto3("lambda")
    rule, on = f"{stage.outputs['event_bus']['name']}-jira-client-rule", {"EventBusName": "security-ir-jira"}
    queue = stage.outputs["queues"]["security_ir_client"]["arn"]
    (mapping,) = functions.list_event_source_mappings(EventSourceArn=queue)["EventSourceMappings"]
    stage.cloud.publish(stage.outputs["jira_notifications_topic_arn"], {"IssueId": "OTHER-1"})
    play.rest()
    events.disable_rule(Name=rule, **on)
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    stage.jira.withdraw("SEC", "CREATE_ATTACHMENTS")
    report = asked(stage, "doctor_command")
    checks = [each["check"] for each in report["findings"]]
    assert checks == ["jira-permissions", "bus-rules", "event-sources", "dead-letters"]
    assert "outside the project" in report["findings"][-1]["what"]
    for finding in report["findings"][1:3]:
        mended = sh(stage, finding["mend"])
        assert mended.returncode == 0, mended.stderr
    stage.jira.grant("SEC", "CREATE_ATTACHMENTS")
    play.empty_dead_letters()
    assert asked(stage, "doctor_command")["finding_count"] == 0


def test_a_resync_brings_back_what_nobody_told_of(play: Play) -> None:
    case_id = play.open_case("Resynced")
    play.rest()
    key = play.key_of(case_id)
    with play.stage.silent():
        play.ada.comment(key, "Said while no rule ran.")
    answer = asked(play.stage, "resync_command", key)
    assert answer["found"]["caseId"] == case_id
    play.rest()
    assert "Said while no rule ran." in play.said_on_case(case_id)
    assert asked(play.stage, "resync_command", case_id)["found"]["issueKey"] == key
    play.rest()


def test_a_resync_of_nothing_says_what_to_do(play: Play) -> None:
    assert "No pair" in asked(play.stage, "resync_command", "SEC-99999")["next"]
    alone = sh(play.stage, play.stage.outputs["resync_command"])
    assert alone.returncode != 0
    assert "add a case id or an issue key" in alone.stderr


def test_a_backfill_brings_in_older_issues_and_closed_cases(play: Play) -> None:
    stage = play.stage
    assert {each["state"] for each in asked(stage, "backfill_command")["backfill"].values()} == {"never started"}
    bells = list(stage.security_ir.on_change)
    stage.security_ir.on_change.clear()
    play.grace.close(play.open_case("Closed long ago", own=True))
    stage.security_ir.on_change.extend(bells)
    with stage.silent():
        issue = stage.jira.issue(play.ada.create_issue("SEC", "There long before").key)
        with stage.jira.store.turn():
            stage.jira.store.save(replace(issue, created=issue.created - 86_400 * 30), "imported")
    for direction in ("issues", "cases"):
        assert asked(stage, "backfill_command", direction, "start")["did"] == "started from the beginning"
        play.rest()
        assert asked(stage, "backfill_command", direction, "status")["backfill"][direction]["state"] == "done"
        assert asked(stage, "backfill_command", direction, "pause")["did"].startswith("nothing")
    assert len(play.cases_titled("There long before")) == 1
    assert len(play.issues_titled("Closed long ago")) == 1


def test_a_paused_backfill_is_resumed(play: Play) -> None:
    stage = play.stage
    functions = stage.cloud.boto3("lambda")
    queue = stage.outputs["queues"]["security_ir_poller"]["arn"]
    (mapping,) = functions.list_event_source_mappings(EventSourceArn=queue)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    asked(stage, "backfill_command", "cases", "start")
    assert asked(stage, "backfill_command", "cases", "pause")["did"] == "paused"
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    play.rest()
    assert asked(stage, "backfill_command", "cases")["backfill"]["cases"]["state"] == "paused"
    assert asked(stage, "backfill_command", "cases", "resume")["did"] == "resumed where it stood"
    play.rest()
    assert asked(stage, "backfill_command", "cases")["backfill"]["cases"]["state"] == "done"


@pytest.mark.parametrize(
    "function", ["security_ir_poller", "jira_client", "jira_notifications_handler", "security_ir_client"]
)
def test_a_redrive_brings_dead_letters_back_at_a_pace(play: Play, function: str) -> None:
    stage, sqs = play.stage, play.stage.cloud.boto3("sqs")
    queue = stage.outputs["queues"][function]
    for _ in range(12):
        sqs.send_message(QueueUrl=queue["dead_letter_url"], MessageBody='{"nobody": "knows this"}')
    began = stage.clock.time()
    done = sh(stage, stage.outputs["redrive_commands"][function])
    assert (done.returncode, done.stderr) == (0, "")
    assert "TaskHandle" in json.loads(done.stdout)
    assert stage.cloud.dead_letters() == []
    play.rest()
    assert len(stage.cloud.dead_letters()) == 12
    assert stage.clock.time() - began >= 2
    play.empty_dead_letters()


def test_the_commands_of_people_write_no_issue_and_no_case_and_use_all_they_may(play: Play) -> None:
    name = "security-ir-jira-operations"
    used = {call.action for call in play.stage.cloud.calls if call.caller == name}
    assert [each.action for each in play.stage.cloud.unused_permissions() if each.caller == name] == []
    assert {each for each in used if each.startswith("security-ir:")} == {
        "security-ir:ListCases",
        "security-ir:ListMemberships",
    }


def test_an_outage_of_both_sides_is_over_soon_after(play: Play) -> None:
    case_id = play.open_case("Outage")
    play.rest()
    key = play.key_of(case_id)
    for server, sweep in ((play.stage.jira, "issue"), (play.stage.security_ir, "case")):
        server.faults.down = True
        play.sweep(sweep)
        play.stage.cloud.advance(90)
        server.faults.down = False
        play.rest()  # the sweep alone finds out that it is over
        server.faults.down = True
        play.ada.comment(key, f"said while {type(server).__name__} was down")
        play.stage.cloud.advance(150)
        server.faults.down = False
        play.rest()
    said = play.said_on_case(case_id)
    assert said.count("JiraServer was down") == said.count("SecurityIrServer was down") == 1


def test_afterwards_every_permission_is_used(play: Play) -> None:
    unused = {
        (each.caller.removeprefix("security-ir-jira-"), each.action) for each in play.stage.cloud.unused_permissions()
    }
    functions = ("security-ir-poller", "jira-client", "jira-notifications-handler", "security-ir-client")
    # Used at the 500th receive of a message.
    put_in_anew = {(function, "sqs:SendMessage") for function in functions}
    # CreateCase with tags asks for TagResource in AWS; the local server does not know that.
    assert unused - put_in_anew == {("security-ir-client", "security-ir:TagResource")}


def test_afterwards_a_second_plan_is_empty_and_the_token_nowhere_but_in_its_parameter(play: Play) -> None:
    stage = play.stage
    token = stage.jira.token
    changes, plan = stage.terraform.plan()
    assert not changes
    assert token not in stage.terraform.state
    assert token.encode() not in plan
    functions = stage.cloud.boto3("lambda")
    for function in stage.outputs["functions"].values():
        assert token not in str(functions.get_function_configuration(FunctionName=function["name"]))
        assert not [line for line in stage.cloud.logs(function["name"]) if token in line]


def test_afterwards_destroy_is_clean(play: Play) -> None:
    play.stage.terraform.destroy()
    assert play.stage.cloud.boto3("sqs").list_queues().get("QueueUrls", []) == []
    assert play.stage.cloud.boto3("dynamodb").list_tables()["TableNames"] == []
