"""The local AWS: starts the server, deploys the template, starts executions and waits for what they do."""
import json
import logging
import os
import socket
import sys
import time

with socket.socket() as probe:  # the interpreter reads its port when it is loaded
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
os.environ["MOTO_PORT"] = str(PORT)
os.environ["MOTO_ECS_NEW_ARN"] = "true"

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.core.config import default_user_config  # noqa: E402

default_user_config["stepfunctions"]["execute_state_machine"] = True
from moto.server import ThreadedMotoServer  # noqa: E402
from moto.stepfunctions.parser.asl.parse import asl_parser  # noqa: E402,F401 (loads the whole interpreter)

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from stack import Stack  # noqa: E402

from . import machines, stores, types  # noqa: E402
from .access import ACCOUNT, Access, Keys  # noqa: E402
from .tasks import Tasks  # noqa: E402

REGION = "us-east-1"
logging.getLogger("werkzeug").setLevel(logging.ERROR)
logging.getLogger("moto").setLevel(logging.CRITICAL)


def interpreter_modules():
    return [m for n, m in sorted(sys.modules.items()) if n.startswith("moto.stepfunctions.parser")]


class Aws:
    """`folder` gets the containers' logs; .tasks.argv and .tasks.environment say what a container runs. `checked`: every
    call must be signed by somebody who may do it: containers and machines by their roles of the template, tests as admin."""

    def __init__(self, folder, longest_retry_seconds=0.2, checked=False):
        self.keys = ("AKIDEXAMPLE", "secretEXAMPLE")
        self.url, self.outputs, self.names = f"http://127.0.0.1:{PORT}", {}, {}
        self.owners = {}  # physical names of roles and users, of all stacks: who they are in the template
        self.tasks = Tasks(None, {}, folder, REGION)
        types.install()
        stores.install()
        self.tasks.install()
        machines.install(self.machine_client, interpreter_modules, longest_retry_seconds)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT, verbose=False)
        self.server.start()
        self.access = None
        if checked:
            self.access = Access()
            self.keys = self.access.user("admin", {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]})
            self.keys_endpoint = Keys(self.access)
            self.tasks.credentials = self.keys_endpoint.environment
            Access.switch_on()

    def machine_client(self, region, service, state_credentials=None):
        """What a state machine calls a service with: its role's keys, once calls are checked."""
        if self.access and state_credentials:
            return self.client(service, region, self.access.session(state_credentials.role_arn))
        return self.client(service, region)

    def client(self, service, region=None, keys=None):
        key, secret, *token = keys or self.keys
        return boto3.client(service, region_name=region or REGION, aws_access_key_id=key, aws_secret_access_key=secret,
                            aws_session_token=token[0] if token else None, endpoint_url=self.url,
                            config=Config(signature_version="s3v4" if service == "s3" else "v4", parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))

    def deploy(self, name="nightdesk", **parameters):
        """Our template; returns its outputs."""
        template = Stack().packaged()
        unknown = types.unknown(template)
        assert not unknown, f"the emulator does not know {unknown}"
        template.pop("Rules", None)  # moto does not know rules, and makes up a repository's name with capitals
        template["Resources"]["Repository"]["Properties"]["RepositoryName"] = name
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"],
                                    Parameters=[{"ParameterKey": k, "ParameterValue": str(v)} for k, v in parameters.items()])
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]}
        for resource in cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]:
            self.names[resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
            if resource["ResourceType"] == "AWS::IAM::Role":
                self.owners[resource["PhysicalResourceId"]] = resource["LogicalResourceId"]
        if self.access:
            self.access.data_keys[self.outputs["BucketName"]] = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{self.names['Key']}"
        return self.outputs

    def start(self, machine, name, given):
        return self.client("stepfunctions").start_execution(stateMachineArn=self.outputs[machine + "MachineArn"], name=name,
                                                            input=json.dumps(given))["executionArn"]

    def look(self, execution):
        return self.client("stepfunctions").describe_execution(executionArn=execution)

    def wait(self, execution, seconds=300):
        """What the execution ended with: its description, `output` parsed."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            found = self.look(execution)
            if found["status"] != "RUNNING":
                found["output"] = json.loads(found["output"]) if found.get("output") else None
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{execution} is still at {self.path(execution)[-1:]}")

    def history(self, execution):
        events, more = [], {}
        while True:
            page = self.client("stepfunctions").get_execution_history(executionArn=execution, **more)
            events += page["events"]
            if "nextToken" not in page:
                return events
            more = {"nextToken": page["nextToken"]}

    def path(self, execution):
        """Names of the states entered, in order."""
        return [e["stateEnteredEventDetails"]["name"] for e in self.history(execution) if "stateEnteredEventDetails" in e]

    def item(self, pk, sk):
        found = self.client("dynamodb").get_item(TableName=self.outputs["TableName"], Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
        return found.get("Item")

    def until(self, what, seconds=180):
        """what() until it is true; its value."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            value = what()
            if value:
                return value
            time.sleep(0.05)
        raise TimeoutError("it did not happen")
