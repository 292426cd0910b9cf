#!/bin/bash
# destroy.sh [--everything]: removes the stack. Table, bucket and key stay, with all runs and reports, unless --everything
# is given; then their contents are deleted for good (the key after its waiting time).
#   STACK=nightdesk   name of the stack
set -euo pipefail
stack=${STACK:-nightdesk}
everything=${1:-}
[ -z "$everything" ] || [ "$everything" = --everything ] || { echo "usage: destroy.sh [--everything]" >&2; exit 2; }
named() { aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id "$1" --query StackResourceDetail.PhysicalResourceId --output text; }
table=$(named Table) bucket=$(named Bucket) key=$(named Key)

running=$(aws stepfunctions list-executions --state-machine-arn "$(named ReportMachine)" --status-filter RUNNING --max-items 1 --query 'length(executions)' --output text)
if [ "$running" != 0 ]; then
    echo "destroy.sh: reports are running or waiting: end them first (nightdesk list, nightdesk cancel RUN)" >&2
    exit 1
fi
aws cloudformation delete-stack --stack-name "$stack"
aws cloudformation wait stack-delete-complete --stack-name "$stack"
if [ -z "$everything" ]; then
    echo "removed stack $stack; kept: table $table, bucket $bucket, key $key"
    exit 0
fi
empty() { # VERSIONS|MARKERS: a page at a time
    local page
    while page=$(aws s3api list-object-versions --bucket "$bucket" --max-items 500 --query "{Objects: $1[].{Key: Key, VersionId: VersionId}, Quiet: \`true\`}" --output json) &&
        [ "$(grep -c VersionId <<<"$page")" != 0 ]; do
        aws s3api delete-objects --bucket "$bucket" --delete "$page" >/dev/null
    done
}
empty Versions
empty DeleteMarkers
aws s3api delete-bucket --bucket "$bucket"
aws dynamodb delete-table --table-name "$table" >/dev/null
aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7 >/dev/null
echo "removed stack $stack, table $table, bucket $bucket; key $key goes in seven days"
