#!/bin/bash
# aws_servers.sh COMMAND...: runs COMMAND beside local servers of DynamoDB, S3, SNS and Step Functions (see
# tests/support/aws/servers.py) and ends with its status. What they need is fetched once, by name and hash, into
# ND_AWS_TOOLS (by default build-aws-tools). Ends with 77 when it can't be had. With ND_AWS_S3=versitygw the S3 server is
# versitygw.
set -euo pipefail
here=$(cd "$(dirname "$0")/aws" && pwd)
tools=${ND_AWS_TOOLS:-$here/../../../build-aws-tools}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

set_up() {
    echo "fetching the servers for the tests of AWS …" >&2
    rm -rf "$tools/venv" "$tools/jars"
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$tools/jars" &&
        (cd "$tools/jars" && sha256sum --quiet --strict -c "$here/jars.sha256") &&
        python3 -m venv "$tools/venv" &&
        "$tools/venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$here/requirements.txt"
}

wanted=$(cat "$here/pom.xml" "$here/jars.sha256" "$here/requirements.txt" | sha256sum)
exec 9>"$tools/lock"
flock 9
if [ "$(cat "$tools/stamp" 2>/dev/null)" != "$wanted" ]; then
    set_up >"$tools/log" 2>&1 || {
        tail -n 20 "$tools/log" >&2
        echo "the servers for the tests of AWS could not be fetched"
        exit 77
    }
    echo "$wanted" >"$tools/stamp"
fi
if [ "${ND_AWS_S3-}" = versitygw ]; then
    "$here/versitygw.sh" "$tools" >"$tools/versitygw.log" 2>&1 || {
        tail -n 20 "$tools/versitygw.log" >&2
        echo "versitygw could not be built"
        exit 77
    }
    export ND_AWS_S3=$tools/versitygw
fi
exec 9>&-
exec "$tools/venv/bin/python" "$here/servers.py" "$tools/jars" "$@"
