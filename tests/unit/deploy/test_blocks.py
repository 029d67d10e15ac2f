"""The little HCL that the tests of pages read is read right."""

from __future__ import annotations

import pytest

from scripts.deploy.blocks import NotHcl, blocks, object_attributes

FILE = """
# variable "commented" {
variable "plain" {
  description = "A brace } and a quote \\" and https://example.com # no comment"
  type        = string # why
  default     = "${join(", ", ["}"])}"

  validation {
    condition = var.plain != "default = 1"
  }
}

variable "long" {
  description = <<-EOT
    default = "no attribute"
    }
  EOT
  type = object({
    needed = map(list(string)) // a comment, with a comma
    given  = optional(object({ inner = string }), { inner = "x" })
  })
  default = { a = 1, b = [2, 3] }
}
"""


def test_blocks_end_where_their_own_brace_closes() -> None:
    assert [block.labels for block in blocks(FILE)] == [("plain",), ("long",)]


def test_attributes_are_those_of_the_block_itself() -> None:
    plain, long = blocks(FILE)
    assert list(plain.attributes) == ["description", "type", "default"]
    assert plain.attributes["type"] == "string"
    assert plain.attributes["default"] == '"${join(", ", ["}"])}"'
    assert long.attributes["default"] == "{ a = 1, b = [2, 3] }"


def test_the_attributes_of_an_object_type_say_whether_they_are_optional() -> None:
    _, long = blocks(FILE)
    assert object_attributes(long.attributes["type"]) == {"needed": False, "given": True}


def test_what_does_not_end_is_an_error() -> None:
    with pytest.raises(NotHcl, match="nothing closes"):
        list(blocks('variable "open" {\n  default = {\n}\n'))
