#!/usr/bin/env bash
# Says at once all that is missing on this machine, each with what mends it, before anything runs. Where nothing is
# missing it says nothing.
#
#   TERRAFORM=… PYTHON=… scripts/preflight.sh NEED…
#
# A need is the name of a function below. Written for bash 3.2, and for machines that have no Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

terraform_program=${TERRAFORM:-terraform}
python_program=${PYTHON:-python3}
opentofu_version=$(sed -n 's|^require github.com/opentofu/opentofu v||p' scripts/opentofu/go.mod)
tflint_version=$(sed -n 's/^TFLINT_VERSION := //p' Makefile)
missing=

here() { command -v "$1" >/dev/null 2>&1; }

lacks() {
  missing+="  $1"$'\n'"      $2"$'\n'
}

# at_least 1.11.4 1.9.0: whether the second version is the first one or a later one.
at_least() {
  local IFS=. least found i
  read -ra least <<<"$1"
  read -ra found <<<"${2%%[-+a-z]*}"
  for i in 0 1 2; do
    ((10#${found[i]:-0} == 10#${least[i]:-0})) || {
      ((10#${found[i]:-0} > 10#${least[i]:-0}))
      return
    }
  done
}

# version_of tofu: "OpenTofu 1.12.6". Not always the first line: a warning may come before it.
version_of() {
  "$1" version 2>/dev/null | sed -n -e 's/^Terraform v/Terraform /p' -e 's/^OpenTofu v/OpenTofu /p' || true
}

need_linux() {
  [[ $(uname -s) == Linux ]] ||
    lacks "Linux; this is $(uname -s). Lambda's runtime client and the tests' virtual time are for Linux only." \
      "Use a Linux container or virtual machine (Docker, Lima, WSL). The module itself and ./build.sh work here."
}

need_terraform() {
  local install="https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install/"
  local said
  if ! here "$terraform_program"; then
    lacks "Terraform or OpenTofu 1.11.4 or later." \
      "$install, or name one that is here: make TERRAFORM=/path/to/it …"
    return
  fi
  said=$(version_of "$terraform_program")
  at_least 1.11.4 "${said#* }" ||
    lacks "Terraform or OpenTofu 1.11.4 or later; $terraform_program is ${said:-neither}." \
      "$install, or name another: make TERRAFORM=/path/to/it …"
}

need_python() {
  if ! here "$python_program"; then
    lacks "Python 3.11 or later; $python_program is not here." \
      "https://www.python.org/downloads/, or name one that is here: make PYTHON=/path/to/python3 …"
  elif ! "$python_program" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    lacks "Python 3.11 or later; $python_program is: $("$python_program" --version 2>&1)." \
      "https://www.python.org/downloads/, or name another: make PYTHON=/path/to/python3 …"
  fi
}

# Where there is no Python, need_python has said so.
need_venv() {
  "$python_program" -c '' 2>/dev/null || return 0
  "$python_program" -c 'import ensurepip, venv' 2>/dev/null ||
    lacks "Python's venv and ensurepip; $python_program comes without them." \
      "Debian, Ubuntu: apt install python3-venv. Others: a Python from https://www.python.org/downloads/"
}

# awslambdaric is published as a wheel for these machines; elsewhere pip compiles it.
need_runtime() {
  case $(uname -m) in x86_64 | aarch64 | arm64) return ;; esac
  here c++ && here make && here cmake ||
    lacks "A C++ compiler, make and cmake: awslambdaric is not published for $(uname -m), and is compiled." \
      "Debian, Ubuntu: apt install build-essential cmake autoconf automake libtool libcurl4-openssl-dev"
}

need_compiler() {
  here "${CC:-cc}" || here gcc || here clang ||
    lacks "A C compiler, for the tests' virtual time." \
      "Debian, Ubuntu: apt install gcc libc6-dev. Fedora: dnf install gcc. Alpine: apk add gcc musl-dev"
}

need_git() {
  here git || lacks "git." "Debian, Ubuntu: apt install git. Others: https://git-scm.com/downloads"
}

# Whether Go can build what is not here: one that is too old fetches a newer one itself, from 1.21 on.
go_builds() {
  here go || return
  local version
  version=$(go env GOVERSION)
  at_least 1.26.6 "${version#go}" || { at_least 1.21.0 "${version#go}" && [[ $(go env GOTOOLCHAIN) != local* ]]; }
}

need_tflint() {
  here tflint || [[ -x .cache/tools/tflint-$tflint_version/tflint ]] || go_builds ||
    lacks "tflint, or Go 1.26.6 or later to build it." \
      "https://github.com/terraform-linters/tflint#installation, or https://go.dev/doc/install"
}

need_opentofu() {
  [[ -x .cache/tools/opentofu-$opentofu_version/tofu ]] || go_builds ||
    [[ $(version_of tofu) == "OpenTofu $opentofu_version" ]] ||
    lacks "OpenTofu $opentofu_version, or Go 1.26.6 or later to build it." \
      "https://go.dev/doc/install, or https://github.com/opentofu/opentofu/releases/tag/v$opentofu_version"
}

for need in "$@"; do
  "need_$need"
done
[[ -z $missing ]] || {
  printf 'Before this can run, this machine needs:\n\n%s\nThen run make again.\n' "$missing" >&2
  exit 1
}
