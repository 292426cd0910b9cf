"""Repairs of moto's Step Functions interpreter, each towards what AWS documents or was seen to do."""
import datetime
import json
import random
import re
import time
import types
import uuid

import botocore.session
from botocore import xform_name
from moto.stepfunctions import models as plain
from moto.stepfunctions.parser import models as executing
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations import is_operator
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval.resource_output_transformer import transformer_json
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import distributed_iteration_component as distributed
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    resource, state_task_service, state_task_service_callback, state_task_service_ecs)
from moto.stepfunctions.parser.asl.eval import states as eval_states
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils import json_path

Ecs = state_task_service_ecs.StateTaskServiceEcs
Callback = state_task_service_callback.StateTaskServiceCallback
Service = state_task_service.StateTaskService


def failure(env, name, cause, resource_name, resource_type):
    """The exception with which a state fails as `name`."""
    known = name == "States.TaskFailed"
    error = StatesErrorName(StatesErrorNameType.StatesTaskFailed) if known else CustomErrorName(name)
    details = TaskFailedEventDetails(error=name, cause=cause, resource=resource_name, resourceType=resource_type)
    return FailureEventException(FailureEvent(env=env, error_name=error, event_type=HistoryEventType.TaskFailed,
                                              event_details=EventDetails(taskFailedEventDetails=details)))


def definitions_from_templates():
    """Machines of a template are executed, with their substitutions, type and what moto's grammar spells otherwise."""
    plain.stepfunctions_backends = executing.stepfunctions_parser_backends
    create = plain.StateMachine.create_from_cloudformation_json.__func__

    def create_machine(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = dict(cloudformation_json["Properties"])
        text = properties["DefinitionString"]
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            text = text.replace("${%s}" % name, str(value))
        text = text.replace('"JSONL"', '"JSON"')  # read_items() takes both
        properties["DefinitionString"] = re.sub(r'("ToleratedFailurePercentage": \d+)(?![\d.])', r"\1.0", text)
        machine = create(cls, resource_name, {**cloudformation_json, "Properties": properties}, account_id, region_name, **kwargs)
        machine.sm_type = properties["StateMachineType"]
        return machine

    def read_items(self, env):
        config, text = env.stack.pop(), env.stack.pop()
        try:
            items = json.loads(text)
        except ValueError:
            items = None
        if not isinstance(items, list):
            items = [json.loads(line) for line in text.splitlines() if line.strip()]
        env.stack.append(items[:config["MaxItemsValue"]])

    plain.StateMachine.create_from_cloudformation_json = classmethod(create_machine)
    transformer_json.ResourceOutputTransformerJson._eval_body = read_items


def names_of_parameters():
    """Parameters and answers are in Pascal case, whatever the service's API says: AWS converts them."""
    session = botocore.session.get_session()

    def operation(task, service, action):
        model = session.get_service_model(task._get_boto_service_name(service))
        wanted = task._get_boto_service_action(action)
        return model.operation_model(next(n for n in model.operation_names if xform_name(n) == wanted))

    def parameters_to_service(self, parameters, boto_service_name=None, service_action_name=None):
        shape = operation(self, boto_service_name, service_action_name).input_shape
        if shape:
            self._to_boto_request(parameters, shape)

    def answer_from_service(self, response, boto_service_name=None, service_action_name=None):
        shape = operation(self, boto_service_name, service_action_name).output_shape
        if shape:
            self._from_boto_response(response, shape)

    Service._normalise_parameters, Service._normalise_response = parameters_to_service, answer_from_service
    state_task_service_ecs._SUPPORTED_API_PARAM_BINDINGS["runtask"] |= {"CapacityProviderStrategy", "Tags", "Count", "ClientToken"}


def containers(machine_client):
    """A container's exit status other than 0, or no container at all, fails a .sync state; its end stops the task."""
    build, evaluate, call = Ecs._build_sync_resolver, Ecs._eval_sync, Ecs._eval_service_task

    def start(self, env, **kwargs):
        try:
            return call(self, env=env, **kwargs)
        except IndexError:  # RunTask answered with failures and no task
            cause = json.dumps({"Failures": [{"Reason": "Capacity is unavailable at this time"}], "Tasks": []}, separators=(",", ":"))
            raise failure(env, "AmazonECS.Unknown", cause, "runTask.sync", "ecs") from None

    def resolver(self, env, **kwargs):
        task = env.stack[-1]["Tasks"][0]
        look = build(self, env=env, **kwargs)

        def ended():
            found = look()
            if found and any(c.get("ExitCode") != 0 for c in found["Containers"]):
                raise failure(env, "States.TaskFailed", json.dumps(found, default=str, separators=(",", ":")), "runTask.sync", "ecs")
            return found

        ours = machine_client(env.aws_execution_details.region, "ecs", kwargs["state_credentials"])
        ended.stop = lambda: ours.stop_task(cluster=task["ClusterArn"], task=task["TaskArn"], reason="Task stopped by Step Functions")
        return ended

    def wait(self, env, sync_resolver, **kwargs):
        outcome = evaluate(self, env=env, sync_resolver=sync_resolver, **kwargs)
        if not isinstance(outcome, dict) and hasattr(sync_resolver, "stop"):  # timed out, or the execution was stopped
            sync_resolver.stop()
        return outcome

    Ecs._eval_service_task, Ecs._build_sync_resolver, Ecs._eval_sync = start, resolver, wait
    state_task_service_callback._DELAY_SECONDS_SYNC_CONDITION_CHECK = 0.1


def tokens():
    """Each attempt has a token of its own, as long as AWS's and with characters that must be escaped somewhere."""
    evaluate = Callback._eval_execution

    def attempt(self, env):
        if self._is_integration_pattern() and resource.ResourceCondition.WaitForTaskToken in self._supported_integration_patterns:
            env.callback_pool_manager.add(env.states.context_object.update_task_token())
        return evaluate(self, env=env)

    Callback._eval_execution = attempt
    eval_states.long_uid = lambda: "AQCoAAAAKgAAAAMAAAAA" + "".join(uuid.uuid4().hex for _ in range(25)) + "/+=="


def errors_of_any_name():
    """A Fail state may hand on an error that begins with States., as a Catch has found it."""
    CustomErrorName.__init__ = lambda self, error_name: ErrorName.__init__(self, error_name=error_name)


def single_values(interpreter_modules):
    """A path without wildcard has one value: $.a[0].b is no list."""
    extract = json_path.extract_json
    many = re.compile(r"\*|\.\.|\?|\[\s*-?\d*\s*:|\[[^\]]*,")

    def extract_json(path, data):
        value = extract(path, data)
        single = isinstance(value, list) and len(value) == 1 and re.search(r"\[\d+\][.\[]", path) and not many.search(path)
        return value[0] if single else value

    for module in interpreter_modules():
        if hasattr(module, "extract_json"):
            module.extract_json = extract_json


def maps_that_fail():
    """More failed items than tolerated fail a distributed map; none are tolerated unless it says so."""
    run = distributed.DistributedIterationComponent._map_run

    def map_run(self, env, eval_input):
        run(self, env=env, eval_input=eval_input)
        counts = eval_input.map_run_record.item_counter.describe()
        bad, percentage = counts["failed"] + counts["timedOut"], eval_input.tolerated_failure_percentage
        if bad > eval_input.tolerated_failure_count and bad * 100 > percentage * counts["total"]:
            name = "States.ExceedToleratedFailureThreshold"
            raise failure(env, name, "The specified tolerated failure threshold was exceeded", "map", "map")

    distributed.DistributedIterationComponent._map_run = map_run


def executions_without_a_name():
    start = executing.StepFunctionsParserBackend.start_execution

    def start_execution(self, state_machine_arn, name=None, *args, **kwargs):
        return start(self, state_machine_arn, name or str(uuid.uuid4()), *args, **kwargs)

    executing.StepFunctionsParserBackend.start_execution = start_execution


def times():
    """Times in the context object are texts like 2026-11-24T06:00:00.123Z."""
    init = eval_states.States.__init__

    def text(moment):
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def states(self, context):
        if not isinstance(context["Execution"]["StartTime"], str):
            context["Execution"]["StartTime"] = text(context["Execution"]["StartTime"])
        init(self, context=context)

    class Now:
        @staticmethod
        def now(tz):
            return Now()

        @staticmethod
        def isoformat():
            return text(datetime.datetime.now(datetime.timezone.utc))

    def parse(string):
        try:
            return datetime.datetime.fromisoformat(string.replace("Z", "+00:00"))
        except ValueError:
            return None

    is_operator.IsTimestamp.string_to_timestamp = staticmethod(parse)
    eval_states.States.__init__ = states
    state.datetime = types.SimpleNamespace(datetime=Now, timezone=datetime.timezone)


def hurried_retries(longest_seconds):
    """Retries keep their count, order and jitter, but wait no longer than this."""
    class Clock:
        @staticmethod
        def sleep(seconds):
            time.sleep(min(seconds, longest_seconds * random.random()))

    retrier_decl.time = Clock


def install(machine_client, interpreter_modules, longest_retry_seconds):
    for module in interpreter_modules():
        if hasattr(module, "boto_client_for"):
            module.boto_client_for = machine_client
    definitions_from_templates()
    names_of_parameters()
    containers(machine_client)
    tokens()
    errors_of_any_name()
    single_values(interpreter_modules)
    maps_that_fail()
    executions_without_a_name()
    times()
    hurried_retries(longest_retry_seconds)
