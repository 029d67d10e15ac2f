"""Literals of HCL: what people write into a .tfvars file is read as Terraform reads it, and written so that it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.deploy import hcl

FILE = """\
# A comment, and one more // here
alarm_emails = ["soc@example.com", "two@example.com",] # behind
jira_issue_type="Incident"
log_retention_days = 90
ratio = -1.5e2
dashboard_enabled = false
case_sweep_schedule = null
status_mapping = {
  to_jira = {
    "Submitted" = ["Triage"], Acknowledged : [
      "In Progress",
    ]
  }
  to_case = { Triage = "", "Closed" = "Closed" }
}
/* a
   block */
aws_ca_bundle = <<EOT
-----BEGIN "CERTIFICATE"-----
\\n ${"$"}{x}
EOT
indented = <<-END
    two
      four
    END
escaped = "tab\\t quote\\" back\\\\ snow\\u2603 $${not} %%{that} $5 100%"
"""


def test_a_file_as_people_write_it_is_read() -> None:
    assert hcl.parse(FILE.replace('${"$"}', "$$")) == {
        "alarm_emails": ["soc@example.com", "two@example.com"],
        "jira_issue_type": "Incident",
        "log_retention_days": 90,
        "ratio": -150.0,
        "dashboard_enabled": False,
        "case_sweep_schedule": None,
        "status_mapping": {
            "to_jira": {"Submitted": ["Triage"], "Acknowledged": ["In Progress"]},
            "to_case": {"Triage": "", "Closed": "Closed"},
        },
        "aws_ca_bundle": '-----BEGIN "CERTIFICATE"-----\n\\n ${x}\n',
        "indented": "two\n  four\n",
        "escaped": 'tab\t quote" back\\ snow\u2603 ${not} %{that} $5 100%',
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a = file("x")', "line 1: file is no value"),
        ("\n\na = [1, 2", "line 3: , is wanted here, not the end of the file"),
        ("a = 1 b = 2", "line 1: the end of the line after a is wanted here, not b"),
        ('a = "x${y}"', r"line 1: \$\{ begins a template"),
        ("a = 1\na = 2", "line 2: a is set twice"),
        ("a = ", "line 1: the end of the file is no value"),
        ("= 1", "line 1: the name of a setting is wanted here"),
        ('a = "open', "line 1: '\"open' cannot be read"),
        ("a = { b }", "line 1: = is wanted here"),
        ('a = "\\q"', "none of HCL's escapes"),
    ],
)
def test_what_is_no_literal_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(hcl.NotLiteral, match=said):
        hcl.parse(text)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | texts
    | st.sampled_from(["${x}", "%{if}", "$${", "\\", "a\r\n"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(values)
def test_what_is_written_is_read_as_it_was(value: hcl.Value) -> None:
    assert hcl.parse(f"it = {hcl.render(value)}\n") == {"it": value}


def test_an_object_stands_as_terraform_formats_it() -> None:
    assert hcl.render({"a": 1, "long key": ["x"], "in": {"b": True}}) == (
        '{\n  a          = 1\n  "long key" = ["x"]\n  in = {\n    b = true\n  }\n}'
    )
