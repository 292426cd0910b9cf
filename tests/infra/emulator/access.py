"""Who may do what: signatures are moto's to check; what a role's policies allow is judged here, with resources and conditions,
and what was used is kept. Also the endpoint at which containers get the keys of their role.

What AWS asks of a call is what its authorization reference says: a transaction needs the permission of each of its writes,
HEAD is GetObject, RunTask passes roles, an object under a key of ours needs that key.
"""
import datetime
import fnmatch
import http.server
import json
import re
import secrets
import threading
import urllib.parse

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.ecs.models import ecs_backends
from moto.iam.access_control import CreateAccessKeyFailure, IAMRequestBase, S3IAMRequest, create_access_key
from moto.iam.models import Policy, iam_backends
from moto.sts.models import sts_backends

ACCOUNT = "123456789012"
WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
SECONDS = 3600


class Need:
    """One permission that a call needs; resource None: any will do."""

    def __init__(self, action, resource, **context):
        self.action, self.resource = action, resource
        self.context = {k.replace("_", ":", 1): v if isinstance(v, list) else [v] for k, v in context.items()}


# ---- what a call needs

def dynamodb(action, body, region):
    def need(operation, part):
        names = part.get("ExpressionAttributeNames") or {}
        given = part.get("Key") or part.get("Item") or {}
        keys = [given["pk"]["S"]] if "pk" in given else []
        for name, value in re.findall(r"(#?\w+)\s*=\s*(:\w+)", part.get("KeyConditionExpression", "")):
            if names.get(name, name) == "pk":
                keys.append(part["ExpressionAttributeValues"][value]["S"])
        arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{part['TableName'].split('/')[-1]}"
        if part.get("IndexName"):
            return Need("dynamodb:" + operation, f"{arn}/index/{part['IndexName']}")
        return Need("dynamodb:" + operation, arn, dynamodb_LeadingKeys=keys)

    if action == "TransactWriteItems":
        return [need(WRITES[kind], part) for item in body["TransactItems"] for kind, part in item.items()]
    return [need(action, body)]


def s3(method, path, body, keys):
    path, _, query = path.partition("?")
    query = urllib.parse.parse_qs(query, keep_blank_values=True)
    _, bucket, *key = urllib.parse.unquote(path).split("/", 2)
    arn, key = "arn:aws:s3:::" + bucket, key[0] if key else ""
    if key:
        version = "Version" if "versionId" in query else ""
        name = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}[method] + version
        data_key = {"GET": "kms:Decrypt", "PUT": "kms:GenerateDataKey"}.get(method)
        return [Need("s3:" + name, f"{arn}/{key}"), *([Need(data_key, keys[bucket])] if data_key and bucket in keys else [])]
    if method == "POST" and "delete" in query:
        objects = re.findall(r"<Object>.*?</Object>", body.decode(), re.S)
        return [Need("s3:DeleteObject" + ("Version" if "<VersionId>" in o else ""), f"{arn}/" + re.search("<Key>(.*?)</Key>", o)[1]) for o in objects]
    name = "s3:ListBucketVersions" if "versions" in query else "s3:ListBucket" if method == "GET" else "s3:Other"
    return [Need(name, arn, s3_prefix=query.get("prefix", [""]))]


def states(action, body):
    arn = body.get("stateMachineArn") or body.get("executionArn")  # a token does not tell its machine
    return [Need("states:" + action, arn)]


def ecs(action, body, region):
    cluster = body.get("cluster", "")
    if action == "RunTask":
        definition = ecs_backends[ACCOUNT][region].describe_task_definition(body["taskDefinition"])
        passed = {"iam_PassedToService": "ecs-tasks.amazonaws.com"}
        tags = [Need("ecs:TagResource", f"arn:aws:ecs:{region}:{ACCOUNT}:task/{cluster.split('/')[-1]}/new", ecs_CreateAction="RunTask")]
        return [Need("ecs:RunTask", body["taskDefinition"], ecs_cluster=cluster), Need("iam:PassRole", definition.task_role_arn, **passed),
                Need("iam:PassRole", definition.execution_role_arn, **passed), *(tags if body.get("propagateTags") else [])]
    return [Need("ecs:" + action, task, ecs_cluster=cluster) for task in body.get("tasks") or [body.get("task")]]


def needs(request, keys):
    service, _, action = request._action.partition(":")
    body = request._body if isinstance(request._body, bytes) else str(request._body or "").encode()
    if service == "sts" and action == "GetCallerIdentity":
        return []  # nobody can be denied it
    if service == "s3":
        return s3(request._method, request._path, body, keys)
    if service == "sns":
        return [Need("sns:" + action, urllib.parse.parse_qs(body.decode()).get("TopicArn", [None])[0])]
    parsed = json.loads(body) if body[:1] == b"{" else {}
    if action == "BatchGetItem":
        tables = parsed["RequestItems"].items()
        return [need for table, asked in tables for key in asked["Keys"] for need in dynamodb(action, {"TableName": table, "Key": key}, request._region)]
    if service == "dynamodb" and "TableName" in parsed or "TransactItems" in parsed:
        return dynamodb(action, parsed, request._region)
    if service == "states":
        return states(action, parsed)
    if service == "ecs" and action in ("RunTask", "StopTask", "DescribeTasks"):
        return ecs(action, parsed, request._region)
    return [Need(f"{service}:{action}", None)]


# ---- what a policy allows

def as_list(value):
    return value if isinstance(value, list) else [value]


def like(patterns, text):
    return any(fnmatch.fnmatchcase(text, p) for p in as_list(patterns))


def holds(condition, context):
    for operator, tests in condition.items():
        every = operator.startswith("ForAllValues:")
        name = operator.removeprefix("ForAllValues:")
        assert name in ("StringLike", "StringEquals", "ArnEquals", "Bool"), operator
        for key, wanted in tests.items():
            found = context.get(key, [])
            if not every and not found:
                return False
            if not all(like(wanted, v) if name != "StringEquals" else v in as_list(wanted) for v in found):
                return False
    return True


def statement_for(policies, need):
    """The statement that allows it; None when none does or one denies."""
    allowed = None
    for statement in (s for p in policies for s in as_list(p["Statement"]) if s):
        if not like(statement.get("Action", []), need.action) or not holds(statement.get("Condition", {}), need.context):
            continue
        if need.resource is not None and not like(statement.get("Resource", "*"), need.resource):
            continue
        if statement["Effect"] == "Deny":
            return None
        allowed = allowed or statement
    return allowed


class Presigned(S3IAMRequest):
    """A GET whose signature is in its address (moto looks for a header)."""

    def __init__(self, responses, query):
        key, date, self._region, self._service, _ = query["X-Amz-Credential"][0].split("/")
        self._action, self._method, self._body, self._data = "s3:presigned", responses.method, b"", responses.data
        self._path = urllib.parse.urlparse(responses.uri).path
        self._query, self._host = query, responses.headers["Host"]
        token = {"X-Amz-Security-Token": query["X-Amz-Security-Token"][0]} if "X-Amz-Security-Token" in query else {}
        try:
            self._access_key = create_access_key(ACCOUNT, "aws", key, token)
        except CreateAccessKeyFailure as error:
            self._raise_invalid_access_key(error.reason)

    def check_signature(self):
        began = datetime.datetime.strptime(self._query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        age = datetime.datetime.now(datetime.timezone.utc) - began
        rest = "&".join(urllib.parse.quote(n, safe="-_.~") + "=" + urllib.parse.quote(v[0], safe="-_.~")
                        for n, v in sorted(self._query.items()) if n != "X-Amz-Signature")
        request = AWSRequest(method=self._method, url=f"http://{self._host}{self._path}?{rest}", headers={"host": self._host})
        request.context["timestamp"] = self._query["X-Amz-Date"][0]
        auth = S3SigV4QueryAuth(self._access_key.create_credentials(), "s3", self._region)
        wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        if wanted != self._query["X-Amz-Signature"][0] or age.total_seconds() > int(self._query["X-Amz-Expires"][0]):
            self._raise_signature_does_not_match()


class Access:
    """.used {(owner, sid, action)}, .refused [(owner, action, resource)]; .data_keys {bucket: arn of the key it encrypts with}"""

    def __init__(self):
        self.used, self.refused, self.data_keys, self.lock = set(), [], {}, threading.Lock()
        self.sessions = {}
        ours = self

        def check_action_permitted(request, resource):
            ours.check(request)

        IAMRequestBase.check_action_permitted = check_action_permitted
        by_header = ActionAuthenticatorMixin._authenticate_and_authorize_action

        def authenticate(responses, kind, resource="*"):
            query = urllib.parse.parse_qs(urllib.parse.urlparse(responses.uri).query)
            if "X-Amz-Signature" not in query:
                return by_header(responses, kind, resource)
            request = Presigned(responses, query)
            request.check_signature()
            return ours.check(request)

        ActionAuthenticatorMixin._authenticate_and_authorize_action = authenticate

    def policies(self, access_key):
        for policy in access_key.collect_policies():
            if isinstance(policy, Policy):
                policy = next(v.document for v in policy.versions if v.is_default)
            elif isinstance(policy, dict):
                policy = policy.get("policy_document", policy)
            yield json.loads(policy) if isinstance(policy, str) else policy

    def check(self, request):
        owner = getattr(request._access_key, "_owner_role_name", None) or request._access_key._owner_user_name
        policies = list(self.policies(request._access_key))
        for need in needs(request, self.data_keys):
            statement = statement_for(policies, need)
            with self.lock:
                if statement:
                    self.used.add((owner, statement.get("Sid", ""), need.action))
                else:
                    self.refused.append((owner, need.action, need.resource))
            if not statement:
                request._raise_access_denied()

    def secret_for(self, key_id, action, resource):
        """For servers that are not moto's: the secret of a role's key, if the role may do that; None."""
        with self.lock:
            role = next((r for r in self.sessions.values() if r.access_key_id == key_id), None)
        if not role:
            return None
        key = create_access_key(ACCOUNT, "aws", key_id, {"X-Amz-Security-Token": role.session_token})
        statement = statement_for(list(self.policies(key)), Need(action, resource))
        with self.lock:
            if statement:
                self.used.add((key._owner_role_name, statement.get("Sid", ""), action))
            else:
                self.refused.append((key._owner_role_name, action, resource))
        return role.secret_access_key if statement else None

    @staticmethod
    def switch_on():
        """From now on every call is checked."""
        settings.INITIAL_NO_AUTH_ACTION_COUNT = ActionAuthenticatorMixin.request_count = 0

    @staticmethod
    def user(name, document):
        """A person's access key and secret, with that policy."""
        backend = iam_backends[ACCOUNT]["aws"]
        backend.create_user("us-east-1", name)
        backend.put_user_policy(name, "all", json.dumps(document))
        key = backend.create_access_key(name)
        return key.access_key_id, key.secret_access_key

    def session(self, role_arn, region="us-east-1"):
        """Keys of a role as its service gets them: trust is not asked for."""
        with self.lock:
            if role_arn not in self.sessions:
                self.sessions[role_arn] = sts_backends[ACCOUNT]["aws"].assume_role(
                    region_name=region, role_session_name="session", role_arn=role_arn, policy=None, duration=SECONDS, external_id=None)
            role = self.sessions[role_arn]
            return role.access_key_id, role.secret_access_key, role.session_token


class Keys(http.server.ThreadingHTTPServer):
    """The container endpoint of ECS: GET /role/NAME with the token hands out that role's keys."""
    daemon_threads = True

    def __init__(self, access):
        self.access, self.token, self.given, self.failures = access, secrets.token_hex(16), 0, 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def environment(self, role_arn):
        path = urllib.parse.quote(role_arn, safe="")
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{self.server_address[1]}/role/{path}",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": self.token}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        if self.headers.get("Authorization") != server.token:
            return self.send_error(401)
        if server.failures > 0:
            server.failures -= 1
            return self.send_error(500)
        role = urllib.parse.unquote(self.path.removeprefix("/role/"))
        key, secret, token = server.access.session(role)
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=SECONDS)
        body = json.dumps({"RoleArn": role, "AccessKeyId": key, "SecretAccessKey": secret, "Token": token,
                           "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")}).encode()
        server.given += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        pass
