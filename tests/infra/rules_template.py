"""Rules for the template: what cfn-lint and checkov have no rule for, or only for other languages."""
import json
import re

from rules import RULES, rule, text_of
from stack import INFRA, MACHINES  # noqa: F401

PHASE_TASKS = ("ResearchTask", "DraftTask", "SynthesizeTask", "FactCheckTask")
ANYWHERE = {  # (role, statement) that may name every resource, and why
    ("ExecutionRole", "Login"): "ecr:GetAuthorizationToken knows no resources",
    ("ReportMachineRole", "LogDelivery"): "vended logs know no resources", ("BatchMachineRole", "LogDelivery"): "vended logs know no resources",
    ("OperatorPolicy", "Quotas"): "reading a quota knows no resources",
    ("ReportMachineRole", "Trace"): "X-Ray knows no resources", ("BatchMachineRole", "Trace"): "X-Ray knows no resources",
}


def get(stack, name):
    return stack.resources[name]["Properties"]


def container(stack, name):
    return get(stack, name)["ContainerDefinitions"][0]


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(stack):
    """[(role or policy name, statement)] of all that is granted to somebody."""
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement.get("Fn::If", [None, statement])[1]
    for name, policy in stack.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy").items():
        holder = policy["Roles"][0]["Ref"] if "Roles" in policy else name
        for statement in policy["PolicyDocument"]["Statement"]:
            yield holder, statement["Fn::If"][1] if "Fn::If" in statement else statement


def granted(stack):
    """One line for each permission, as permissions.txt lists them."""
    lines = []
    for holder, statement in statements(stack):
        for action in as_list(statement["Action"]):
            where = ", ".join(sorted(flat(r) for r in as_list(statement["Resource"])))
            when = "; ".join(f"{op} {k}={flat(v)}" for op, c in sorted(statement.get("Condition", {}).items()) for k, v in sorted(c.items()))
            lines.append(f"{holder}\t{action}\t{where}\t{when}".rstrip())
    return sorted(lines)


def flat(value):
    if isinstance(value, dict):
        (kind, inner), = value.items()
        return ".".join(inner) if kind == "Fn::GetAtt" else str(inner)
    return ",".join(map(flat, value)) if isinstance(value, list) else str(value)


def find(stack, holder, sid):
    return next(s for h, s in statements(stack) if h == holder and s["Sid"] == sid)


@rule(lambda s: get(s, "ReportMachine")["LoggingConfiguration"].update(IncludeExecutionData=True),
      lambda s: get(s, "BatchMachine")["LoggingConfiguration"].update(Level="ERROR"),
      lambda s: get(s, "BatchMachine").pop("LoggingConfiguration"), lambda s: get(s, "ReportMachine").pop("TracingConfiguration"),
      lambda s: get(s, "ReportMachine").update(StateMachineType="EXPRESS"))
def machines_are_logged_without_their_data(stack):
    for name, machine in stack.of_type("AWS::StepFunctions::StateMachine").items():
        logging = machine.get("LoggingConfiguration", {})
        if logging.get("Level") != "ALL" or logging.get("IncludeExecutionData") is not False:
            yield f"{name}: log everything but the data, which holds task tokens"
        if machine.get("TracingConfiguration") != {"Enabled": True} or machine["StateMachineType"] != "STANDARD":
            yield f"{name} is not a traced standard machine"


@rule(lambda s: container(s, "DraftTask").update(Image="nightdesk:latest"),
      lambda s: container(s, "BatchTask").update(Image={"Fn::Sub": "${Repository.RepositoryUri}:1.0"}),
      lambda s: s.template["Parameters"]["ImageDigest"].pop("AllowedPattern"))
def images_are_pinned_by_digest(stack):
    for name in stack.of_type("AWS::ECS::TaskDefinition"):
        if container(stack, name)["Image"] != {"Fn::Sub": "${Repository.RepositoryUri}@${ImageDigest}"}:
            yield f"{name}: an image is named by its digest"
    if "sha256:" not in stack.template["Parameters"]["ImageDigest"].get("AllowedPattern", ""):
        yield "ImageDigest takes anything"


@rule(lambda s: get(s, "DraftTask").update(TaskRoleArn=get(s, "DraftTask")["ExecutionRoleArn"]),
      lambda s: get(s, "FactCheckTask").update(TaskRoleArn=get(s, "ResearchTask")["TaskRoleArn"]))
def every_task_has_a_role_of_its_own(stack):
    roles = [flat(t["TaskRoleArn"]) for t in stack.of_type("AWS::ECS::TaskDefinition").values()]
    if len(set(roles)) != len(roles) or "ExecutionRole.Arn" in roles:
        yield "task roles are shared with each other or with the execution role"


@rule(lambda s: container(s, "DraftTask").pop("ReadonlyRootFilesystem"), lambda s: container(s, "DraftTask").update(User="root"),
      lambda s: container(s, "DraftTask").update(Privileged=True), lambda s: container(s, "DraftTask").pop("LinuxParameters"),
      lambda s: get(s, "DraftTask").update(PidMode="task"))
def containers_can_do_little(stack):
    for name, task in stack.of_type("AWS::ECS::TaskDefinition").items():
        box = container(stack, name)
        if box.get("ReadonlyRootFilesystem") is not True or box.get("Privileged") is not False or "PidMode" in task:
            yield f"{name}: writable root, privileged, or a shared process table"
        if not re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", box.get("User", "")) or \
                box.get("LinuxParameters") != {"Capabilities": {"Drop": ["ALL"]}}:
            yield f"{name} runs as a privileged user or with capabilities"


@rule(lambda s: container(s, "ResearchTask").update(StopTimeout=30))
def containers_have_two_minutes_to_stop(stack):
    for name in stack.of_type("AWS::ECS::TaskDefinition"):
        if container(stack, name).get("StopTimeout") != 120:
            yield f"{name}: Spot gives two minutes, take them"


@rule(lambda s: container(s, "DraftTask")["Environment"].append({"Name": "OPENAI_API_KEY", "Value": "sk-x"}),
      lambda s: s.template["Parameters"].update(ApiKey={"Type": "String", "Default": "x"}))
def no_key_is_in_plain_text(stack):
    secret = re.compile(r"KEY|TOKEN|PASSWORD|SECRET", re.I)
    for name in stack.of_type("AWS::ECS::TaskDefinition"):
        for entry in container(stack, name)["Environment"]:
            if "Name" in entry and secret.search(entry["Name"]):
                yield f"{name}: {entry['Name']} in plain text"
    for name, parameter in stack.template["Parameters"].items():
        if secret.search(name) and not name.endswith("Arn"):
            yield f"parameter {name} would hold a secret"


@rule(lambda s: container(s, "DraftTask").pop("LogConfiguration"))
def containers_are_logged(stack):
    for name in stack.of_type("AWS::ECS::TaskDefinition"):
        if container(stack, name).get("LogConfiguration", {}).get("LogDriver") != "awslogs":
            yield f"{name} leaves no log"


@rule(lambda s: find(s, "DraftRole", "RunItems").update(Action="dynamodb:*"), lambda s: find(s, "DraftRole", "RunObjects").update(Action="*"))
def no_action_is_a_wildcard(stack):
    for holder, statement in statements(stack):
        if any("*" in a for a in as_list(statement["Action"])):
            yield f"{holder}.{statement['Sid']} grants a wildcard"


@rule(lambda s: find(s, "DraftRole", "RunItems").update(Resource="*"), lambda s: find(s, "ReportMachineRole", "WatchTasks").update(Resource="*"),
      lambda s: find(s, "FactCheckRole", "Guardrails").update(Resource="*"))
def every_resource_is_named(stack):
    for holder, statement in statements(stack):
        if "*" in as_list(statement["Resource"]) and (holder, statement["Sid"]) not in ANYWHERE:
            yield f"{holder}.{statement['Sid']} names every resource"


@rule(lambda s: find(s, "DraftRole", "RunObjects")["Action"].append("s3:DeleteObject"),
      lambda s: find(s, "BatchRole", "Manifests").update(Resource={"Fn::Sub": "${Bucket.Arn}/*"}),
      lambda s: find(s, "ResearchRole", "KnowledgeBases").update(Action=["bedrock:Retrieve", "bedrock:RetrieveAndGenerate"]),
      lambda s: find(s, "DraftRole", "Models")["Action"].append("bedrock:Retrieve"),
      lambda s: find(s, "FactCheckRole", "Guardrails").update(Action=["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"]),
      lambda s: find(s, "ResearchRole", "Models")["Action"].append("bedrock:ApplyGuardrail"))
def permissions_are_those_listed(stack):
    listed, there = set(text_of("infra/permissions.txt").splitlines()), set(granted(stack))
    for line in sorted(listed ^ there):
        yield f"{'not in infra/permissions.txt' if line in there else 'not in the template'}: {line}"


@rule(lambda s: find(s, "ReportMachineRole", "PassRoles").pop("Condition"),
      lambda s: find(s, "BatchMachineRole", "PassRoles").update(Resource={"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/*"}))
def roles_are_passed_to_tasks_alone(stack):
    for holder, statement in statements(stack):
        if "iam:PassRole" in as_list(statement["Action"]):
            if statement.get("Condition") != {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}:
                yield f"{holder} may pass roles to anything"
            if not all("Fn::GetAtt" in r for r in as_list(statement["Resource"])):
                yield f"{holder} may pass roles that are not the stack's"


@rule(lambda s: get(s, "DraftRole")["AssumeRolePolicyDocument"]["Statement"][0].pop("Condition"),
      lambda s: get(s, "ApiRole")["AssumeRolePolicyDocument"]["Statement"][0].update(Principal="*"))
def roles_trust_one_service_of_this_account(stack):
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement["Principal"]
            if not isinstance(principal, dict) or not isinstance(principal.get("Service"), str):
                yield f"{name} trusts more than one service"
            if statement.get("Condition") != {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}:
                yield f"{name} trusts other accounts' services"


@rule(lambda s: find(s, "DraftRole", "RunItems").pop("Condition"), lambda s: find(s, "ReportMachineRole", "RunItems").pop("Condition"))
def items_are_bound_to_their_keys(stack):
    for holder, statement in statements(stack):
        writes = any(a.startswith("dynamodb:") for a in as_list(statement["Action"]))
        if writes and holder != "OperatorPolicy" and "dynamodb:LeadingKeys" not in str(statement.get("Condition")):
            yield f"{holder}.{statement['Sid']} reaches every item of the table"


@rule(lambda s: get(s, "DraftRole").update(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]))
def no_ready_made_policies(stack):
    for name, role in stack.of_type("AWS::IAM::Role").items():
        if role.get("ManagedPolicyArns"):
            yield f"{name} has a policy that others change"
    if stack.of_type("AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group"):
        yield "the template makes people or keys"


@rule(lambda s: get(s, "Table").pop("PointInTimeRecoverySpecification"), lambda s: get(s, "Table").pop("TimeToLiveSpecification"),
      lambda s: s.resources["Table"].pop("DeletionPolicy"), lambda s: get(s, "Table").update(BillingMode="PROVISIONED"),
      lambda s: get(s, "Table").pop("SSESpecification"), lambda s: get(s, "Table")["GlobalSecondaryIndexes"][0]["Projection"].update(ProjectionType="ALL"))
def the_table_is_kept(stack):
    table, whole = get(stack, "Table"), stack.resources["Table"]
    if table.get("PointInTimeRecoverySpecification") != {"PointInTimeRecoveryEnabled": True} or \
            table.get("TimeToLiveSpecification") != {"AttributeName": "ttl", "Enabled": True}:
        yield "the table has no point-in-time recovery or no time to live"
    if not table.get("SSESpecification", {}).get("SSEEnabled") or table["BillingMode"] != "PAY_PER_REQUEST":
        yield "the table is not encrypted with the stack's key, or costs while idle"
    if whole.get("DeletionPolicy") != "Retain" or whole.get("UpdateReplacePolicy") != "Retain":
        yield "the table goes with the stack"
    if table["GlobalSecondaryIndexes"][0]["Projection"] != {"ProjectionType": "KEYS_ONLY"}:
        yield "every commit would be written twice"


@rule(lambda s: get(s, "Bucket").pop("VersioningConfiguration"), lambda s: get(s, "Bucket").pop("BucketEncryption"),
      lambda s: get(s, "Bucket")["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False),
      lambda s: get(s, "Bucket").pop("OwnershipControls"), lambda s: s.resources["Bucket"].pop("DeletionPolicy"),
      lambda s: get(s, "Bucket")["LifecycleConfiguration"]["Rules"].pop(0))
def the_bucket_is_kept_and_closed(stack):
    bucket, whole = get(stack, "Bucket"), stack.resources["Bucket"]
    if bucket.get("VersioningConfiguration") != {"Status": "Enabled"} or "BucketEncryption" not in bucket:
        yield "the bucket has no versions or is not encrypted"
    if list(bucket["PublicAccessBlockConfiguration"].values()) != [True] * 4 or "BucketOwnerEnforced" not in str(bucket.get("OwnershipControls")):
        yield "the bucket can be opened to others"
    if whole.get("DeletionPolicy") != "Retain" or "AbortIncompleteMultipartUpload" not in str(bucket["LifecycleConfiguration"]):
        yield "the bucket goes with the stack, or unfinished uploads stay"


def denies_plain_http(policy, resource):
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
            return statement["Principal"] == "*" and resource in str(statement["Resource"])
    return False


@rule(lambda s: get(s, "BucketPolicy")["PolicyDocument"]["Statement"].pop(),
      lambda s: get(s, "TopicPolicy")["PolicyDocument"]["Statement"].pop(0), lambda s: get(s, "Topic").pop("KmsMasterKeyId"))
def bucket_and_topic_speak_tls(stack):
    if not denies_plain_http(get(stack, "BucketPolicy"), "Bucket") or not denies_plain_http(get(stack, "TopicPolicy"), "Topic"):
        yield "bucket or topic take requests without TLS"
    if "KmsMasterKeyId" not in get(stack, "Topic"):
        yield "the topic is not encrypted"


@rule(lambda s: get(s, "TaskLogs").pop("RetentionInDays"), lambda s: get(s, "MachineLogs").pop("KmsKeyId"))
def logs_end_and_are_encrypted(stack):
    for name, group in stack.of_type("AWS::Logs::LogGroup").items():
        if "RetentionInDays" not in group or "KmsKeyId" not in group:
            yield f"{name} is kept for ever or in plain text"


@rule(lambda s: get(s, "TaskGroup").update(SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]),
      lambda s: get(s, "TaskGroup")["SecurityGroupEgress"][0].update(FromPort=0, ToPort=65535),
      lambda s: get(s, "EndpointGroup")["SecurityGroupIngress"][0].update(CidrIp="0.0.0.0/0"))
def nobody_comes_in(stack):
    for name, group in stack.of_type("AWS::EC2::SecurityGroup").items():
        for entry in group.get("SecurityGroupIngress", []):
            if name == "TaskGroup" or "CidrIp" in entry or "CidrIpv6" in entry:
                yield f"{name} lets somebody in"
        for entry in group["SecurityGroupEgress"]:
            if (entry["FromPort"], entry["ToPort"]) != (443, 443):
                yield f"{name} lets more out than HTTPS"


@rule(lambda s: get(s, "Key").update(EnableKeyRotation=False), lambda s: s.resources["Key"].pop("DeletionPolicy"))
def the_key_turns_and_stays(stack):
    if get(stack, "Key").get("EnableKeyRotation") is not True:
        yield "the key is never rotated"
    if stack.resources["Key"].get("DeletionPolicy") != "Retain":
        yield "table and bucket would outlive their key"


@rule(lambda s: get(s, "ApiRoute").update(AuthorizationType="NONE"), lambda s: s.resources.update(Second=s.resources["ApiRoute"]),
      lambda s: get(s, "ApiRoute").update(RouteKey="POST /runs"))
def http_starts_runs_and_nothing_else(stack):
    routes = stack.of_type("AWS::ApiGatewayV2::Route")
    if list(routes) != ["ApiRoute"] or routes["ApiRoute"]["RouteKey"] != "PUT /runs/{run_id}":
        yield "there is one route, and its path names the execution"
    if any(r.get("AuthorizationType") != "AWS_IAM" for r in routes.values()):
        yield "somebody without credentials could start a run"


@rule(lambda s: get(s, "Schedule")["Target"].update(Input={"Fn::Sub": "{}"}), lambda s: get(s, "Schedule")["Target"].pop("RetryPolicy"),
      lambda s: get(s, "Schedule")["FlexibleTimeWindow"].update(Mode="FLEXIBLE"))
def the_schedule_says_for_when(stack):
    target = get(stack, "Schedule")["Target"]
    if "<aws.scheduler.scheduled-time>" not in flat(target["Input"]):
        yield "a second firing could not be told from the next day's"
    if "RetryPolicy" not in target or get(stack, "Schedule")["FlexibleTimeWindow"] != {"Mode": "OFF"}:
        yield "the schedule is not tried again, or fires when it likes"


@rule(lambda s: get(s, "ReportsFailed").pop("AlarmActions"), lambda s: s.resources.update(NewAlarm=s.resources["ReportsFailed"]),
      lambda s: get(s, "TableThrottled").update(TreatMissingData="breaching"))
def every_alarm_is_told_and_explained(stack):
    runbook = text_of("docs/how-to/alarms.md")
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        if alarm.get("AlarmActions") != [{"Ref": "Topic"}] or alarm["TreatMissingData"] != "notBreaching":
            yield f"{name} tells nobody, or cries while nothing runs"
        if f"## {name}\n" not in runbook:
            yield f"{name} is not in the runbook"


@rule(lambda s: get(s, "ClusterCapacity").update(CapacityProviders=["FARGATE_SPOT"]), lambda s: get(s, "Cluster").pop("ClusterSettings"))
def the_cluster_has_both_capacities(stack):
    if set(get(stack, "ClusterCapacity")["CapacityProviders"]) != {"FARGATE", "FARGATE_SPOT"}:
        yield "the state machine asks for a capacity that the cluster has not"
    if "containerInsights" not in str(get(stack, "Cluster").get("ClusterSettings")):
        yield "the cluster is not measured"


@rule(lambda s: s.resources.update(Idle={"Type": "AWS::ECS::Service", "Properties": {}}),
      lambda s: s.resources["NatGateway"].pop("Condition"), lambda s: s.resources["EcrApiEndpoint"].pop("Condition"),
      lambda s: s.resources["KnowledgeBaseEndpoint"].pop("Condition"))
def nothing_costs_while_idle(stack):
    never = ("AWS::ECS::Service", "AWS::EC2::Instance", "AWS::RDS::DBInstance", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::AutoScaling::AutoScalingGroup")
    for name, resource in stack.resources.items():
        if resource["Type"] in never:
            yield f"{name} runs while nobody works"
        hourly = resource["Type"] in ("AWS::EC2::NatGateway", "AWS::EC2::EIP") or resource.get("Properties", {}).get("VpcEndpointType") == "Interface"
        if hourly and resource.get("Condition") not in ("NewNat", "NewPrivate", "NewPrivateKnowledgeBases"):
            yield f"{name} costs by the hour in the cheap mode"


@rule(lambda s: s.resources.pop("S3Endpoint"), lambda s: get(s, "DynamoDbEndpoint").update(VpcEndpointType="Interface"))
def table_and_bucket_are_reached_inside(stack):
    there = {flat(e["ServiceName"]).rsplit(".", 1)[1] for e in stack.of_type("AWS::EC2::VPCEndpoint").values() if e["VpcEndpointType"] == "Gateway"}
    if there != {"s3", "dynamodb"}:
        yield "the free gateway endpoints are missing"


@rule(lambda s: get(s, "Repository").update(ImageTagMutability="MUTABLE"), lambda s: get(s, "Repository").pop("ImageScanningConfiguration"))
def images_do_not_change(stack):
    if get(stack, "Repository").get("ImageTagMutability") != "IMMUTABLE" or "ImageScanningConfiguration" not in get(stack, "Repository"):
        yield "a pushed image can be replaced, or is never scanned"


@rule(lambda s: s.template["Parameters"]["Capacity"].pop("Default"), lambda s: s.template["Parameters"].update(Unused={"Type": "String", "Default": ""}),
      lambda s: s.template["Parameters"]["WorkSeconds"].update(Default=21600))
def parameters_have_defaults_and_are_used(stack):
    text = json.dumps({k: v for k, v in stack.template.items() if k not in ("Parameters", "Metadata")})
    parameters = stack.template["Parameters"]
    for name, parameter in parameters.items():
        if "Default" not in parameter:
            yield f"{name} has no default"
        if f'"{name}"' not in text and "${%s}" % name not in text and "${%s}:" % name not in text:
            yield f"{name} is not used"
    if parameters["WorkSeconds"]["Default"] >= parameters["PhaseSeconds"]["Default"]:
        yield "a container must stop in order before its state gives up on it"


@rule(lambda s: s.texts.update({"template.yaml": s.texts["template.yaml"] + "\nx: &y 1\n"}))
def the_template_is_cloudformation_s_yaml(stack):
    if re.search(r"(: |- )[&*]\w+\s", stack.texts["template.yaml"]):
        yield "CloudFormation knows no anchors and aliases"
    if any(len(t) > 1_000_000 for t in stack.texts.values()):
        yield "templates and definitions end at 1 MB"


assert len(RULES) >= 25
