"""A strict reader of the part of JQL that this server understands.

``field = value``, ``!=``, ``in (…)``, ``not in``, ``>=``, ``>``, ``<=``, ``<``, ``is EMPTY``, ``AND``, ``OR``, ``NOT``,
parentheses, ``ORDER BY``. Anything else is refused, also what the real one refuses: reserved words and characters
that stand unquoted. https://support.atlassian.com/jira-service-management-cloud/docs/jql-reserved-characters-and-words/
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.serving import Refused

TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<mark>!=|>=|<=|!~|[=<>~(),])|(?P<word>[^\s=<>~!(),"']+))"""
)
RESERVED_CHARACTERS = frozenset("+.;?|*/%^$#@[]&{}`\\")
_RESERVED = """
abort access add after alias all alter and any as asc audit avg before begin between boolean break by byte
catch cf char character check checkpoint collate collation column commit connect continue count create current
date decimal declare decrement default defaults define delete delimiter desc difference distinct divide do
double drop else empty encoding end equals escape exclusive exec execute exists explain false fetch file field
first float for from function go goto grant greater group having identified if immediate in increment index
initial inner inout input insert int integer intersect intersection into is isempty isnull join last left less
like limit lock long max min minus mode modify modulo more multiply next noaudit not notin nowait null number
object of on option or order outer output power previous prior privileges public raise raw remainder rename
resource return returns revoke right row rowid rownum rows select session set share size sqrt start strict
string subtract sum synonym table then to trans transaction trigger true uid union unique update user validate
values view when whenever where while with
"""
RESERVED_WORDS = frozenset(_RESERVED.split())


@dataclass(frozen=True, slots=True)
class Clause:
    """``field operator values``; one value unless the operator is ``in``, ``not in`` or ``is``."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """``AND`` or ``OR`` of several parts, or ``NOT`` of one."""

    operator: str
    parts: tuple[Node, ...]


Node = Clause | Combination


@dataclass(frozen=True, slots=True)
class Query:
    """``where`` is None for an unbounded query; ``order`` pairs a field with whether it descends."""

    where: Node | None
    order: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    kind: str

    def says(self, *words: str) -> bool:
        return self.kind != "quoted" and self.text.lower() in words


END = Token("", "end")


def parse(jql: str) -> Query:
    """The query's tree; 400 with a message where the real parser, or this one, does not understand it."""
    return _Parser(_tokens(jql)).query()


def _error(text: str) -> Refused:
    return Refused(400, f"Error in the JQL Query: {text}")


def _tokens(jql: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while jql[position:].strip():
        match = TOKEN.match(jql, position)
        if match is None:
            raise _error(f"The character '{jql[position:].strip()[0]}' at position {position} is not expected.")
        position = match.end()
        kind = str(match.lastgroup)
        text = match.group(kind)
        if kind == "quoted":
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        reserved = RESERVED_CHARACTERS & set(text) if kind == "word" else set()
        if reserved:
            raise _error(
                f"The character '{min(reserved)}' is a reserved JQL character. You must enclose it in a string."
            )
        tokens.append(Token(text, kind))
    return tokens


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        where = None if self._peek().says("order") or self._peek() is END else self._or()
        order = self._order() if self._peek().says("order") else ()
        if self._peek() is not END:
            raise _error(f"Expecting operator but got '{self._peek().text}'.")
        return Query(where, order)

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else END

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _accept(self, *words: str) -> bool:
        if self._peek().says(*words):
            self._at += 1
            return True
        return False

    def _or(self) -> Node:
        parts = [self._and()]
        while self._accept("or", "||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Combination("OR", tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._accept("and", "&&"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Combination("AND", tuple(parts))

    def _not(self) -> Node:
        if self._accept("not"):
            return Combination("NOT", (self._not(),))
        if self._accept("("):
            inner = self._or()
            self._close()
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        field = self._name()
        negated = self._accept("not")
        if self._accept("in"):
            return Clause(field, "not in" if negated else "in", self._list())
        if negated:
            raise _error("Expecting 'in' after 'not'.")
        if self._accept("is"):
            operator = "is not" if self._accept("not") else "is"
            if not self._accept("empty", "null"):
                raise _error(f"The operator '{operator}' takes EMPTY only.")
            return Clause(field, operator, ())
        mark = self._next()
        if mark.kind != "mark" or mark.text in "(),":
            raise _error(f"Expecting operator but got '{mark.text}'.")
        return Clause(field, mark.text, (self._value(),))

    def _name(self) -> str:
        token = self._next()
        if token.kind not in ("word", "quoted"):
            raise _error(f"Expecting a field name but got '{token.text or 'the end'}'.")
        self._check_reserved(token)
        return token.text

    def _value(self) -> str:
        token = self._next()
        if token.kind not in ("word", "quoted"):
            raise _error(f"Expecting either a value, list or function but got '{token.text or 'the end'}'.")
        if self._peek().text == "(":
            raise _error(f"The function '{token.text}' is not simulated.")
        self._check_reserved(token)
        return token.text

    def _check_reserved(self, token: Token) -> None:
        if token.kind == "word" and token.text.lower() in RESERVED_WORDS:
            raise _error(f"'{token.text}' is a reserved JQL word. You must surround it in quotation marks.")

    def _list(self) -> tuple[str, ...]:
        if not self._accept("("):
            raise _error("Expecting '(' after 'in'.")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._close()
        return tuple(values)

    def _close(self) -> None:
        if not self._accept(")"):
            raise _error("Expecting ')'.")

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._next()
        if not self._accept("by"):
            raise _error("Expecting 'by' after 'order'.")
        order = [self._ordered()]
        while self._accept(","):
            order.append(self._ordered())
        if len(order) > 7:
            raise _error("ORDER BY can contain a maximum of 7 fields.")
        return tuple(order)

    def _ordered(self) -> tuple[str, bool]:
        field = self._name()
        if self._accept("desc"):
            return field, True
        self._accept("asc")
        return field, False
