"""``make release VERSION=1.0.0``: what a release is made of, from the commit that is checked out.

Into ``dist/release``: the archive that serves as a module source, an SBOM of the zips in it, their checksums, and the
notes from CHANGELOG.md. Into the repository: the tag ``v1.0.0``, on a commit of its own that holds ``dist/`` beside
what is checked out. Neither the branch nor the index nor a file of the work tree changes, and nothing is pushed. The
same commit gives the same bytes, and the tag's commit the same id, wherever Python and zlib are of the same version.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from scripts.pack_functions import pack
from scripts.sbom import bill_of_materials

NAME = "terraform-aws-security-ir-jira"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9a-z]+(\.[0-9a-z]+)*)?")
OUTPUT = Path("dist", "release")
# What only developing needs. Sources and build.sh stay: whoever gets the archive can build its zips anew.
FOR_DEVELOPERS = (
    PurePosixPath("tests"),
    PurePosixPath("examples", "sandbox"),
    PurePosixPath("CONTRIBUTING.md"),
    PurePosixPath("Makefile"),
    PurePosixPath("pyproject.toml"),
    PurePosixPath("requirements-dev.in"),
    PurePosixPath("requirements-dev.txt"),
    PurePosixPath("scripts", "checks.py"),
    PurePosixPath("scripts", "opentofu"),
    PurePosixPath("scripts", "preflight.sh"),
    PurePosixPath("scripts", "release.py"),
    PurePosixPath("scripts", "sbom.py"),
    PurePosixPath("scripts", "terraform_providers.py"),
)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)([^)\s#]+)[^)\s]*\)")


class Refused(Exception):
    """There can be no release; the message says why, and how to mend that."""


@dataclass(frozen=True, slots=True)
class Released:
    """The commit that is released; ``people`` are git's variables for its author and its committer."""

    version: str
    commit: str
    date: datetime
    people: Mapping[str, str]

    @property
    def title(self) -> str:
        return f"{NAME}-{self.version}"

    @property
    def tag(self) -> str:
        return f"v{self.version}"


def git(*arguments: str, **environment: str) -> str:
    """What git prints, without the last line's end. Raises ``Refused`` where it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise Refused("git is not here. Install it: https://git-scm.com/downloads") from None
    if done.returncode:
        raise Refused(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.removesuffix("\n")


def released(version: str) -> Released:
    """The commit that is checked out, as this version. Raises ``Refused``."""
    if not version:
        raise Refused("which version? make release VERSION=1.0.0")
    if not VERSION.fullmatch(version):
        raise Refused(f"{version!r} is not a version. One is 1.0.0 or 1.0.0-rc.1, without a v: https://semver.org/")
    if Path(git("rev-parse", "--show-toplevel")).resolve() != Path.cwd().resolve():
        raise Refused("this folder is not a git repository of its own. A release is made in a clone.")
    changed = git("status", "--porcelain", "--untracked-files=normal").splitlines()
    if changed:
        listed = "".join(f"\n  {line}" for line in changed[:10])
        raise Refused(f"the work tree is not clean. Commit these, or put them away: git stash -u{listed}")
    if git("ls-tree", "HEAD", "dist/"):
        raise Refused("this commit is a release's own: it holds dist/. Check out the one below it: git checkout HEAD^")
    commit, seconds = git("show", "--no-patch", "--format=%H %ct", "HEAD").split()
    date = datetime.fromtimestamp(int(seconds), UTC)
    return Released(version, commit, date, _people())


def _people() -> dict[str, str]:
    variables = ("AUTHOR_NAME", "AUTHOR_EMAIL", "AUTHOR_DATE", "COMMITTER_NAME", "COMMITTER_EMAIL", "COMMITTER_DATE")
    told = git("show", "--no-patch", "--date=raw", "--format=%an%n%ae%n%ad%n%cn%n%ce%n%cd", "HEAD").splitlines()
    return {f"GIT_{variable}": value for variable, value in zip(variables, told, strict=True)}


def notes(version: str, changelog: str) -> str:
    """What the changelog says about a version, without its heading. Raises ``Refused``."""
    heading = re.compile(rf"^## \[{re.escape(version)}\](.*)$", re.MULTILINE)
    found = heading.search(changelog)
    if found is None:
        raise Refused(
            f"CHANGELOG.md has no section for {version}. Put this heading below [Unreleased], what is new under it, "
            f"and commit: ## [{version}] - {datetime.now(UTC):%Y-%m-%d}"
        )
    if not re.fullmatch(r" - \d{4}-\d{2}-\d{2}", found[1].rstrip()):
        raise Refused(f"CHANGELOG.md does not say when {version} is released: ## [{version}] - YYYY-MM-DD")
    body = re.split(r"^## |^\[[^\]]+\]: ", changelog[found.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not body:
        raise Refused(f"CHANGELOG.md says nothing about {version}. Write down what is new, and commit.")
    return body


def without_links(markdown: str, leads_somewhere: Callable[[str], bool] = lambda target: False) -> str:
    """The text, with links to files only where those are."""
    return LINK.sub(lambda link: link[0] if leads_somewhere(link[2]) else link[1], markdown)


def wanted(path: PurePosixPath) -> bool:
    """Whether a file of the repository belongs to whoever uses the module."""
    return not path.parts[0].startswith(".") and not any(path.is_relative_to(part) for part in FOR_DEVELOPERS)


def check_out(tree: Path, index: Path) -> None:
    """The commit's files, whatever lies about in the work tree, by way of an index of its own."""
    git("read-tree", "HEAD", GIT_INDEX_FILE=str(index))
    git("checkout-index", "--all", f"--prefix={tree}/", GIT_INDEX_FILE=str(index))


def build(tree: Path) -> None:
    """The zips, with the libraries that earlier builds have installed here."""
    script = tree / "scripts" / "runtime_python.py"
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    if found.returncode:
        python = f"python{found.stdout.strip()}"
        raise Refused(
            f"a release's zips hold bytecode, and {python} is not here. Name one: LAMBDA_PYTHON=/path/to/{python}"
        )
    libraries = Path(".cache", "build").absolute()
    libraries.mkdir(parents=True, exist_ok=True)
    (tree / ".cache").mkdir()
    (tree / ".cache" / "build").symlink_to(libraries)
    if subprocess.run([str(tree / "build.sh")], env=os.environ | {"PYTHON": sys.executable}, check=False).returncode:
        raise Refused("build.sh failed, see above.")


def archive(target: Path, tree: Path, index: Path) -> None:
    """Writes the archive: at its root the module's, as Terraform expects it of a source."""
    listed = git("ls-files", "--stage", "-z", GIT_INDEX_FILE=str(index)).rstrip("\0").split("\0")
    modes = {name: entry.split()[0] for entry, name in (line.split("\t", 1) for line in listed)}
    entries = {name: (tree / name).read_bytes() for name in modes if wanted(PurePosixPath(name))}
    for name in entries:
        if name.endswith(".md"):
            entries[name] = _without_lost_links(name, entries).encode()
    pack(target, entries, executable={name for name in entries if modes[name] == "100755"})


def _without_lost_links(page: str, entries: Mapping[str, bytes]) -> str:
    there = {*entries, *(str(folder) for name in entries for folder in PurePosixPath(name).parents)}

    def leads_somewhere(target: str) -> bool:
        return os.path.normpath(PurePosixPath(page).parent / target) in there

    return without_links(entries[page].decode(), leads_somewhere)


def commit_with_dist(release: Released, tree: Path, index: Path) -> str:
    """The id of the commit that the tag names; the index holds dist/ from now on."""
    for path in sorted((tree / "dist").iterdir()):
        blob = git("hash-object", "-w", "--no-filters", str(path))
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},dist/{path.name}", GIT_INDEX_FILE=str(index))
    content = git("write-tree", GIT_INDEX_FILE=str(index))
    message = f"Release {release.version}\n\nWhat {release.commit} holds, and its dist/."
    return git("commit-tree", content, "-p", release.commit, "-m", message, **release.people)


def set_tag(tag: str, commit: str) -> None:
    """Raises ``Refused`` where the tag is there and names something else."""
    known = git("for-each-ref", "--format=%(objectname) %(*objectname)", f"refs/tags/{tag}").split()
    if known and commit not in known:
        raise Refused(
            f"the tag {tag} is there, and is not what this commit and this Python give ({commit}). A version that was "
            f"published stays as it is: take the next one. One that was not can go: git tag -d {tag}"
        )
    if not known:
        git("update-ref", f"refs/tags/{tag}", commit, "")


def page(release: Released, said: str, checksum: str, at: str) -> str:
    """The release notes."""
    return f"""\
{without_links(said)}

### Use it

```hcl
module "security_ir_jira" {{
  source = "{at}/{release.title}.zip?checksum=sha256:{checksum}"

  # …
}}
```
"""


def write(release: Released, said: str, tree: Path, index: Path) -> None:
    """All files of the release, in place of those of an earlier one."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    zipped, materials = OUTPUT / f"{release.title}.zip", OUTPUT / f"{release.title}.cdx.json"
    archive(zipped, tree, index)
    materials.write_text(bill_of_materials(NAME, release.version, release.date, sorted((tree / "dist").glob("*.zip"))))
    sums = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in (zipped, materials)}
    (OUTPUT / "SHA256SUMS").write_text("".join(f"{checksum}  {file.name}\n" for file, checksum in sums.items()))
    at = os.environ.get("RELEASE_URL", "https://…").rstrip("/")
    (OUTPUT / "RELEASE_NOTES.md").write_text(page(release, said, sums[zipped], at))


def main(version: str) -> None:
    """Raises ``Refused``."""
    release = released(version)
    said = notes(version, Path("CHANGELOG.md").read_text())
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        tree, index = Path(folder, "tree"), Path(folder, "index")
        check_out(tree, index)
        build(tree)
        commit = commit_with_dist(release, tree, index)
        set_tag(release.tag, commit)
        write(release, said, tree, index)
    print((OUTPUT / "SHA256SUMS").read_text(), end="")
    print(f"{release.tag} is {commit}, on top of {release.commit}. To publish it: git push origin {release.tag}")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "")
    except Refused as reason:
        sys.exit(f"make release: {reason}")
