#!/bin/bash
# lint.sh [BUILD]: cfn-lint, asl-validator, checkov and our own rules over infra/. Tools are pinned here and installed once
# under BUILD/infra-lint. Suppressions stand in the template, each with its reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=${1:-${BUILD:-build}-check}/infra-lint
mkdir -p "$tools"
if ! cmp -s tests/infra/requirements-lint.txt "$tools/requirements-lint.txt"; then
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install -q --disable-pip-version-check -r tests/infra/requirements-lint.txt
    cp tests/infra/requirements-lint.txt "$tools/"
fi
command -v npm >/dev/null || { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null; }
if ! cmp -s tests/infra/package.json "$tools/package.json"; then
    cp tests/infra/package.json "$tools/"
    npm install --prefix "$tools" --silent --no-audit --no-fund --no-package-lock
fi
"$tools/venv/bin/python" tests/infra/test_rules.py
"$tools/venv/bin/python" tests/infra/stack.py "$tools/packed"
for machine in report batch; do
    "$tools/node_modules/.bin/asl-validator" --json-path "$tools/packed/$machine.asl.json"
done
"$tools/venv/bin/cfn-lint" "$tools/packed/template.json"
"$tools/venv/bin/cfn-lint" --ignore-checks W3002 -- infra/template.yaml # W3002: this one goes through `package`
"$tools/venv/bin/checkov" -f infra/template.yaml --framework cloudformation --compact --quiet --skip-download
bash -n infra/deploy.sh infra/destroy.sh
