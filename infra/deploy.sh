#!/bin/bash
# deploy.sh: builds the image, deploys the stack, pushes the image, points the stack at its digest.
#   EMAIL=you@example.org   who is told (the address must confirm the subscription)
#   STACK=nightdesk         name of the stack
#   PARAMETERS="K=V K=V"    parameters of template.yaml that differ from their defaults
# Needs: awscli, and podman or docker. Uses the credentials and the region that awscli uses. May be run again at any time.
set -euo pipefail
cd "$(dirname "$0")"
stack=${STACK:-nightdesk}
[ -n "${EMAIL:-}" ] || { echo "deploy.sh: EMAIL=… is needed: without it nobody learns that a run waits" >&2; exit 2; }
read -ra more <<<"${PARAMETERS:-}"
engine=$(command -v podman || command -v docker) || { echo "deploy.sh: podman or docker is needed to build the image" >&2; exit 2; }
account=$(aws sts get-caller-identity --query Account --output text)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
export AWS_REGION=$region AWS_DEFAULT_REGION=$region
parcels=nightdesk-deploy-$account-$region # the template and its definitions on their way
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

output() { aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text; }

deploy() { # K=V…: what is not named keeps the value that the stack has
    aws cloudformation deploy --stack-name "$stack" --template-file "$tmp/packaged.yaml" --s3-bucket "$parcels" --s3-prefix "$stack" \
        --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --tags project=nightdesk "stack=$stack" --parameter-overrides "$@"
}

if ! aws s3api head-bucket --bucket "$parcels" 2>/dev/null; then
    aws s3 mb "s3://$parcels" >/dev/null
    aws s3api put-public-access-block --bucket "$parcels" --public-access-block-configuration \
        BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
fi
aws cloudformation package --template-file template.yaml --s3-bucket "$parcels" --s3-prefix "$stack" --output-template-file "$tmp/packaged.yaml" >/dev/null
echo "deploying stack $stack to account $account, $region"
deploy "Email=$EMAIL" "${more[@]}"

repository=$(output RepositoryUri)
tag=$(git -C .. describe --always --dirty)-$(date -u +%Y%m%dT%H%M%S) # tags never change, so each push has its own
"$engine" build --platform linux/amd64 -t "$repository:$tag" ..
aws ecr get-login-password | "$engine" login --username AWS --password-stdin "${repository%%/*}"
"$engine" push "$repository:$tag"
digest=$(aws ecr describe-images --repository-name "${repository#*/}" --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' --output text)
deploy "ImageDigest=$digest"

stacks=${XDG_CONFIG_HOME:-$HOME/.config}/nightdesk/stacks # where the command line looks for --stack
mkdir -p "$stacks"
cat >"$stacks/$stack.json" <<END
{
  "schema": "nightdesk.stack/1",
  "region": "$region",
  "store": "$(output Store)",
  "machine": "$(output ReportMachineArn)",
  "batch_machine": "$(output BatchMachineArn)",
  "topic": "$(output TopicArn)"
}
END

cat <<END
deployed: $stack, image $digest
  confirm the mail that AWS sent to $EMAIL
  export NIGHTDESK_STACK=$stack   (noted in $stacks/$stack.json)
  HTTP: PUT $(output ApiUrl)/runs/RUN_ID (signed with IAM credentials)
END
