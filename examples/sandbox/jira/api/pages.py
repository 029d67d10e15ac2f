"""Plain pages for a person who looks at the site in a browser: ``/`` lists the issues, ``/browse/KEY`` shows one."""

from __future__ import annotations

from html import escape

from werkzeug import Response

from sandbox.jira.state.model import Issue
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

STYLE = "body{font:16px sans-serif;margin:2em;max-width:60em}pre{white-space:pre-wrap;background:#f4f5f7;padding:1em}"


def index(store: Store) -> Response:
    rows = "".join(f"<li>{_link(issue)} {escape(issue.status.name)}" for issue in store.all())
    return _html("Issues", f"<ul>{rows}</ul>")


def browse(store: Store, key: str) -> Response:
    issue = store.peek(key)
    if issue is None:
        raise Refused(404, "There is no such issue.")
    return _html(f"{issue.key} {issue.summary}", _details(issue))


def _details(issue: Issue) -> str:
    files = ", ".join(f"{file.filename} ({file.size} bytes)" for file in issue.attachments)
    watchers = ", ".join(user.name for user in issue.watchers)
    facts = {
        "Status": f"{issue.status.name} {issue.resolution or ''}",
        "Labels": ", ".join(issue.labels),
        "Reporter": issue.reporter.name,
        "Watchers": watchers,
        "Files": files,
        "Links": ", ".join(f"{link.title} {link.url}" for link in issue.remote_links),
    }
    table = "".join(f"<p><b>{name}</b> {escape(value)}" for name, value in facts.items() if value.strip())
    talk = "".join(f"<h3>{escape(each.author.name)}</h3><pre>{escape(each.text)}</pre>" for each in issue.comments)
    return f"{table}<pre>{escape(issue.description_text)}</pre>{talk}<p><a href='/'>All issues</a>"


def _link(issue: Issue) -> str:
    return f"<a href='/browse/{issue.key}'>{issue.key}</a> {escape(issue.summary)}"


def _html(title: str, body: str) -> Response:
    head = f"<!doctype html><meta charset='utf-8'><title>{escape(title)}</title><style>{STYLE}</style>"
    return Response(f"{head}<h1>{escape(title)}</h1>{body}", mimetype="text/html")
