# Two commands do everything: `make demo` and `make test`. Each prepares what it needs, in .venv, .cache and
# dist. Written for GNU make 3.81 and later, which is what macOS has.

SHELL := bash
.DEFAULT_GOAL := help

PYTHON ?= python3
# Or OpenTofu: the first that is here, or what TERRAFORM names.
ifndef TERRAFORM
TERRAFORM := $(shell command -v terraform || command -v tofu || echo terraform)
endif
export PYTHON TERRAFORM
TFLINT_VERSION := 0.64.0
OPENTOFU_VERSION := $(shell sed -n 's|^require github.com/opentofu/opentofu v||p' scripts/opentofu/go.mod)
# Processes that share the tests, a file each; what takes longest comes first. More than processors: Terraform waits often.
WORKERS ?= 4

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := .cache/lambda-runtime
BENCH := .cache/bench
TFLINT_DIR := .cache/tools/tflint-$(TFLINT_VERSION)
OPENTOFU := .cache/tools/opentofu-$(OPENTOFU_VERSION)/tofu

CHECKOV := .cache/checkov

CHECKS := fmt validate tflint checkov terraform-test ruff mypy pytest
# Each validates the modules that it calls.
TERRAFORM_ROOTS := $(sort $(dir $(wildcard *.tf examples/*/*.tf)))
TERRAFORM_TESTS := tests/terraform
INIT_FLAGS := -backend=false -input=false -no-color

# --- Terraform's providers -------------------------------------------------------------------------
# scripts/terraform_providers.py says where they come from. Our roots share one copy of what is downloaded.
export CHECKPOINT_DISABLE := 1
# Each command lives seconds and reads the provider's whole schema: memory costs less than collecting it, a sixth of the time.
export GOGC ?= 400
TERRAFORM_CONFIG := .cache/terraform.rc
ifndef USERS_TERRAFORM_CONFIG
ifneq ($(TF_CLI_CONFIG_FILE),$(CURDIR)/$(TERRAFORM_CONFIG))
export USERS_TERRAFORM_CONFIG := $(TF_CLI_CONFIG_FILE)
endif
endif
export TF_CLI_CONFIG_FILE := $(CURDIR)/$(TERRAFORM_CONFIG)
ifeq ($(TF_PLUGIN_CACHE_DIR),)
export TF_PLUGIN_CACHE_DIR := $(CURDIR)/.cache/terraform-plugins
# No lock file of ours to protect: the module's users keep their own.
export TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE := 1
endif

.PHONY: help demo sandbox picture test soak bench build release venv runtime opentofu lock clean format preflight \
	terraform-config providers opentofu-test test-long $(CHECKS)

# What is missing is said before anything else runs.
.NOTPARALLEL:

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- The two commands of the README ----------------------------------------------------------------
PREPARED := preflight terraform-config venv runtime build
SANDBOX := cd examples && PYTHONPATH=../lambda_src exec ../$(BIN)/python -m sandbox --runtime-python ../$(RUNTIME)/bin/python \
	--packages ../dist
# Functions of scripts/preflight.sh.
demo sandbox: NEEDS := linux terraform python venv runtime
test test-long pytest picture: NEEDS := linux terraform python venv runtime compiler git tflint

demo: $(PREPARED) ## Plays an incident in the sandbox: no AWS account, no Jira site
	@$(SANDBOX) $(ARGS)

test: $(PREPARED) providers ## All checks
	@MAKE='$(MAKE)' "$$PYTHON" -m scripts.checks '$(filter-out pytest,$(CHECKS))' pytest
	@printf '\nBesides: make test-long (releases, examples), make opentofu-test, make soak (histories by chance).\n'

# --- For exploring ---------------------------------------------------------------------------------
sandbox: $(PREPARED) ## Keeps it running, with a page to look at both sides; ARGS="--jira-url …" points it elsewhere
	@$(SANDBOX) --no-scenario $(ARGS)

picture: $(PREPARED) providers ## The README's picture of the page, made anew by the test that plays an incident there
	@PAGE_PICTURE="$(CURDIR)/docs/pictures/page.png" $(BIN)/python -m pytest --quiet \
		tests/sandbox/test_page_in_a_browser.py -k 'whole_incident'

# --- The parts of `make test` ----------------------------------------------------------------------
fmt: needs-terraform ## terraform fmt, as a check
	@"$$TERRAFORM" fmt -check -diff -recursive

validate: needs-terraform terraform-config ## terraform validate, of the module and every example
	@for root in $(TERRAFORM_ROOTS); do \
		export TF_DATA_DIR="$$PWD/.cache/terraform/$${root%/}"; \
		log=$$("$$TERRAFORM" -chdir=$$root init $(INIT_FLAGS) 2>&1) || { echo "$$log"; exit 1; }; \
		printf '%-24s ' $$root; \
		"$$TERRAFORM" -chdir=$$root validate -no-tests -no-color || exit 1; \
	done

tflint: needs-tflint ## tflint, in every module and example
	@export TFLINT_DISABLE_VERSION_CHECK=1; \
	tflint=tflint; \
	if ! tflint --version 2>/dev/null | grep -qF ' $(TFLINT_VERSION)'; then \
		if [ ! -x $(TFLINT_DIR)/tflint ] && command -v go >/dev/null; then \
			echo 'Building tflint $(TFLINT_VERSION) with go install: some minutes, once'; \
			GOBIN="$$PWD/$(TFLINT_DIR)" go install github.com/terraform-linters/tflint@v$(TFLINT_VERSION); \
		fi; \
		if [ -x $(TFLINT_DIR)/tflint ]; then tflint="$$PWD/$(TFLINT_DIR)/tflint"; fi; \
	fi; \
	"$$tflint" --recursive --config="$$PWD/.tflint.hcl" && echo 'tflint: no findings'

# Exceptions stand beside what they are about, each with its reason.
checkov: $(CHECKOV)/.installed ## checkov, over the module and its examples
	@$(CHECKOV)/bin/checkov --directory . --framework terraform --quiet --compact --skip-download \
		--skip-path .venv --skip-path .cache

terraform-test: needs-terraform terraform-config build ## terraform test
	@export TF_DATA_DIR="$$PWD/.cache/terraform/."; \
	log=$$("$$TERRAFORM" init $(INIT_FLAGS) -test-directory=$(TERRAFORM_TESTS) 2>&1) || { echo "$$log"; exit 1; }; \
	"$$TERRAFORM" test -no-color -test-directory=$(TERRAFORM_TESTS)

ruff: venv ## ruff check, ruff format --check
	@$(BIN)/ruff check && $(BIN)/ruff format --check

mypy: venv ## mypy --strict
	@$(BIN)/mypy

# What plays with Terraform, or clicks, for many minutes has a target of its own.
LONG := tests/release/test_release.py tests/sandbox/test_deploy_script.py tests/sandbox/test_examples.py tests/sandbox/test_multiple_instances.py \
	tests/sandbox/test_page_in_a_browser.py::test_every_trouble_by_button_heals_and_nothing_is_lost_or_doubled
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

pytest: $(PREPARED) providers ## pytest: unit, contract, sync, sandbox; ARGS="tests/unit -k …" for some
	@$(PYTEST) $(if $(ARGS),$(ARGS),$(LONG:%=--deselect=%))

test-long: $(PREPARED) providers ## Releases, the deployment script, every example, every trouble by button: ten minutes besides
	@$(PYTEST) $(LONG) $(ARGS)

# What asks the program anything. Not among all checks: to build OpenTofu takes a processor ten minutes, once.
opentofu-test: opentofu ## Whatever Terraform has a part in, by an OpenTofu that is built first
	@$(MAKE) --no-print-directory test TERRAFORM="$(CURDIR)/$(OPENTOFU)" \
		CHECKS='fmt validate terraform-test pytest' ARGS='tests/release tests/sandbox $(ARGS)'

# Histories by chance, and deaths at every call: see tests/chaos. CHAOS_SEEDS=301-600 plays others.
CHAOS_SEEDS ?= 1-300

soak: venv ## Laws of rich text a hundred thousand times, chaos, deaths at every call: two hours or three
	@$(BIN)/python -m pytest --hypothesis-profile=soak --timeout=0 tests/unit/rich_text/test_letters.py $(ARGS)
	@CHAOS=all CHAOS_SEEDS=$(CHAOS_SEEDS) $(BIN)/python -m pytest --timeout=0 tests/chaos tests/sync/test_about_us.py $(ARGS)

bench: venv build ## What functions cost, against boto3 on this machine: no test, and best on an idle one
	@python=$$("$$PYTHON" scripts/runtime_python.py) || { \
		echo "Python $$python is not here, which Lambda runs the functions with: LAMBDA_PYTHON=/path/to/it make bench" >&2; \
		exit 1; }; \
	[ -x $(BENCH)/bin/python ] || { "$$python" -m venv $(BENCH) && $(BENCH)/bin/python -m pip install --quiet \
		--disable-pip-version-check $$(sed -n 's/^\(boto3==[0-9.]*\).*/\1/p' examples/sandbox/runtime-requirements.txt); }; \
	PYTHONPATH=.:lambda_src:examples $(BIN)/python -m tests.bench $(BENCH)/bin/python dist

format: needs-terraform venv ## Formats Terraform and Python, mends what ruff can
	@"$$TERRAFORM" fmt -recursive
	@$(BIN)/ruff check --fix && $(BIN)/ruff format

# --- What the commands need ------------------------------------------------------------------------
build: needs-python ## dist/<function>.zip and dist/SHA256SUMS
	@./build.sh

# RELEASE_URL is the folder that the archive will lie in; the notes name it.
release: needs-python ## VERSION=1.0.0: archive, checksums, notes and SBOM in dist/release, and a tag with dist/
	@"$$PYTHON" -m scripts.release "$${VERSION-}"

venv: $(VENV)/.installed ## The checks' Python, in .venv

runtime: $(RUNTIME)/.installed ## The sandbox's stand-in for the Lambda runtime

$(VENV)/.installed: requirements-dev.txt
$(RUNTIME)/.installed: examples/sandbox/runtime-requirements.txt

# A hundred packages, which pip takes a minute for. The machine's own certificates: a proxy may inspect TLS.
$(CHECKOV)/.installed: scripts/checkov/requirements.txt | $(VENV)/.installed
	@echo 'Installing $< into $(@D)'
	@rm -rf $(@D)
	@export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1; $(BIN)/uv venv --quiet --python $(BIN)/python $(@D) && \
		$(BIN)/uv pip install --quiet --require-hashes --python $(@D)/bin/python --requirement $<
	@touch $@

$(VENV)/.installed $(RUNTIME)/.installed: | needs-python
	@echo 'Installing $< into $(@D)'
	@rm -rf $(@D)
	@scripts/preflight.sh python venv
	@"$$PYTHON" -m venv $(@D)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 $(@D)/bin/python -m pip install --quiet --require-hashes \
		--requirement $<
	@touch $@

terraform-config: needs-python
	@mkdir -p .cache "$$TF_PLUGIN_CACHE_DIR"
	@TF_CLI_CONFIG_FILE="$$USERS_TERRAFORM_CONFIG" "$$PYTHON" scripts/terraform_providers.py $(TERRAFORM_CONFIG) "$$TERRAFORM"

# Before several Terraforms at once look for it in their common folder, which Terraform does not lock.
providers: terraform-config
	@export TF_DATA_DIR="$$PWD/.cache/terraform/."; \
	[ -d .cache/terraform/providers ] || "$$TERRAFORM" init $(INIT_FLAGS) >/dev/null

# Go checks what it downloads against sum.golang.org. No workspace around us has a say.
opentofu: $(OPENTOFU) ## The OpenTofu of the tests, in .cache/tools

$(OPENTOFU): | scripts/opentofu/go.mod
	@mkdir -p $(@D)
	@if tofu version 2>/dev/null | grep -qxF 'OpenTofu v$(OPENTOFU_VERSION)'; then \
		ln -sf "$$(command -v tofu)" $@; \
	else \
		scripts/preflight.sh opentofu || exit 1; \
		echo 'Building OpenTofu $(OPENTOFU_VERSION) with Go: some minutes, once'; \
		cp scripts/opentofu/go.mod $(@D) && cd $(@D) && GOWORK=off GOFLAGS=-mod=mod go build -trimpath \
			-ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o tofu.partial \
			github.com/opentofu/opentofu/cmd/tofu && mv tofu.partial tofu; \
	fi

preflight:
	@scripts/preflight.sh $(NEEDS)

needs-%:
	@scripts/preflight.sh $*

# --- For whoever changes a dependency --------------------------------------------------------------
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: venv ## Writes the locked requirements anew; ARGS=--upgrade raises what the .in files leave open
	@rm -rf .cache/lock && mkdir -p .cache/lock
	@test ! -e lambda_src/requirements.txt || cp lambda_src/requirements.txt .cache/lock/all.txt
	@$(UV_COMPILE) $(ARGS) --output-file .cache/lock/all.txt lambda_src/requirements.in >/dev/null
	@# The zips' lock keeps the hashes of pure-Python wheels only: no installer can choose a compiled one.
	@$(BIN)/python -m pip download --quiet --no-deps --only-binary :all: --platform any --implementation py \
		--abi none --python-version 3.11 --dest .cache/lock/wheels --requirement .cache/lock/all.txt
	@$(BIN)/python -m pip hash .cache/lock/wheels/* | grep -e --hash > .cache/lock/pure.txt
	@awk 'NR == FNR { pure[$$1]; next } !/--hash=/ { print } $$1 in pure { print "    " $$1 }' \
		.cache/lock/pure.txt .cache/lock/all.txt > lambda_src/requirements.txt
	@$(UV_COMPILE) $(ARGS) --output-file requirements-dev.txt requirements-dev.in >/dev/null
	@$(UV_COMPILE) $(ARGS) --output-file scripts/checkov/requirements.txt scripts/checkov/requirements.in >/dev/null
	@$(UV_COMPILE) $(ARGS) --output-file examples/sandbox/runtime-requirements.txt \
		examples/sandbox/runtime-requirements.in >/dev/null

clean: ## Removes everything the commands made
	@rm -rf $(VENV) .cache dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name .terraform -prune -exec rm -rf {} +
	@find . -name __pycache__ -prune -exec rm -rf {} +
