"""Rules for the state machines. A rule yields one line for each thing that is wrong; its breaks are stacks it must refuse."""
import re

from rules import outcome_words, phase_names, rule
from stack import MACHINES, states

WAIT = ".waitForTaskToken"


def every_state(stack):
    for machine in MACHINES:
        for name, state, block in states(stack.machines[machine]):
            yield machine, name, state, block


def tasks(stack):
    return [(m, n, s, b) for m, n, s, b in every_state(stack) if s["Type"] == "Task"]


def report(stack, name):
    return stack.machines["ReportMachine"]["States"][name]


def item(stack, name):
    return stack.machines["BatchMachine"]["States"]["Reports"]["ItemProcessor"]["States"][name]


def targets(state):
    found = [state[k] for k in ("Next", "Default") if k in state]
    found += [c["Next"] for c in state.get("Choices", [])]
    return found + [c["Next"] for c in state.get("Catch", [])]


def reachable(block, start):
    seen, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name in block["States"] and name not in seen:
            seen.add(name)
            todo += targets(block["States"][name])
    return seen


def strings(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ((key, v) for v in [value] if isinstance(v, str))
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value) if not isinstance(value, str) else [("", value)]


@rule(lambda s: report(s, "Research").update(Next="Nowhere"),
      lambda s: s.machines["BatchMachine"].update(StartAt="Nowhere"),
      lambda s: item(s, "Reserve")["Catch"][0].update(Next="TellFailed"))
def every_transition_has_a_target(stack):
    for machine, name, state, block in every_state(stack):
        for target in [*targets(state), block["StartAt"]]:
            if target not in block["States"]:
                yield f"{machine}.{name}: '{target}' is not a state beside it"


@rule(lambda s: s.machines["ReportMachine"]["States"].update(Lonely={"Type": "Succeed"}))
def every_state_is_reached(stack):
    for machine, name, _, block in every_state(stack):
        if name not in reachable(block, block["StartAt"]):
            yield f"{machine}.{name} is never reached"


@rule(lambda s: report(s, "Draft").pop("TimeoutSecondsPath"), lambda s: report(s, "ReadOutcome").pop("TimeoutSeconds"),
      lambda s: s.machines["ReportMachine"].pop("TimeoutSeconds"))
def time_outs_everywhere(stack):
    for machine, name, state, _ in tasks(stack):
        if not ("TimeoutSeconds" in state or "TimeoutSecondsPath" in state):
            yield f"{machine}.{name} has no time-out"
    for machine, definition in stack.machines.items():
        if not 0 < definition.get("TimeoutSeconds", 0) <= 31536000:
            yield f"{machine} has no time-out, or one above a year"


@rule(lambda s: report(s, "WaitForDecision").update(HeartbeatSeconds=60),
      lambda s: report(s, "WaitForDecision").update(TimeoutSecondsPath="$.settings.phase_seconds"))
def people_have_no_heartbeat(stack):
    waits = [(n, s) for _, n, s, _ in tasks(stack) if s["Resource"].endswith(WAIT)]
    if [n for n, _ in waits] != ["WaitForDecision"]:
        yield "one state waits for people, WaitForDecision"
    for name, state in waits:
        if "HeartbeatSeconds" in state or "HeartbeatSecondsPath" in state:
            yield f"{name} waits for a person: nobody beats a heart"
        if state.get("TimeoutSecondsPath") != "$.settings.reminder_seconds":
            yield f"{name} does not end after the reminder time"


@rule(lambda s: report(s, "Research").pop("Retry"), lambda s: report(s, "FindRun")["Retry"][0].pop("JitterStrategy"),
      lambda s: item(s, "Report")["Retry"][0].pop("MaxDelaySeconds"), lambda s: report(s, "Ask")["Retry"][0].update(BackoffRate=1))
def retries_spread_and_end(stack):
    for machine, name, state, _ in tasks(stack):
        real = [r for r in state.get("Retry", []) if r.get("MaxAttempts") != 0]
        if not real:
            yield f"{machine}.{name} is never tried again"
        for retrier in real:
            if retrier.get("JitterStrategy") != "FULL" or not retrier.get("MaxDelaySeconds") or retrier.get("BackoffRate", 0) < 2:
                yield f"{machine}.{name}: a retrier without full jitter, a longest delay or a growing one"
            if not 1 <= retrier.get("MaxAttempts", 0) <= 10:
                yield f"{machine}.{name}: a retrier with no end"


@rule(lambda s: report(s, "Synthesize").pop("Catch"), lambda s: report(s, "WaitForDecision")["Catch"].pop(),
      lambda s: report(s, "ReadGate")["Catch"][0].update(Next="Expired"))
def every_failure_is_told(stack):
    for machine, name, state, block in tasks(stack):
        last = state.get("Catch", [{}])[-1]
        if last.get("ErrorEquals") != ["States.ALL"]:
            yield f"{machine}.{name} does not catch everything last"
            continue
        after = [block["States"][n] for n in reachable(block, last["Next"])]
        inside = block is not stack.machines[machine]  # an item tells by its line in the results
        told = any(s.get("Resource", "").endswith("sns:publish") for s in after)
        if not (told or inside or state["Resource"].endswith("sns:publish")):
            yield f"{machine}.{name}: nobody is told of its failure"


@rule(lambda s: report(s, "FactCheck").update(Resource="arn:aws:states:::ecs:runTask.waitForTaskToken"),
      lambda s: report(s, "Draft").update(Resource="arn:aws:states:::ecs:runTask"))
def containers_are_watched(stack):
    for machine, name, state, _ in tasks(stack):
        if "ecs:" in state["Resource"] and state["Resource"] != "arn:aws:states:::ecs:runTask.sync":
            yield f"{machine}.{name}: only .sync sees a container die"


@rule(lambda s: report(s, "Draft")["Parameters"]["Overrides"]["ContainerOverrides"][0].update(
    Environment=[{"Name": "TOKEN", "Value.$": "$$.Task.Token"}]),
      lambda s: report(s, "Ask")["Parameters"].update({"Message.$": "$$.Task.Token"}))
def the_token_goes_to_the_table_alone(stack):
    for machine, name, state, _ in every_state(stack):
        if name != "WaitForDecision" and any("Task.Token" in v for _, v in strings(state)):
            yield f"{machine}.{name} hands out a task token"


def token_write(stack):
    """The condition on the run's control, and the write of the token, of the transaction that begins a wait."""
    look, write = report(stack, "WaitForDecision")["Parameters"]["TransactItems"]
    return look["ConditionCheck"], write["Update"]


@rule(lambda s: token_write(s)[1].update(ConditionExpression="attribute_exists(pk)"), lambda s: token_write(s)[0].pop("ConditionExpression"),
      lambda s: token_write(s)[0]["Key"].update(sk={"S": "META"}), lambda s: report(s, "WaitForDecision")["Catch"].pop(0),
      lambda s: report(s, "WaitForDecision")["Catch"][0].update(Next="TellFailed"))
def no_decision_and_no_cancel_is_lost(stack):
    control, gate = token_write(stack)
    if "attribute_not_exists(decision)" not in gate["ConditionExpression"]:
        yield "a decision made before the token is stored would be slept over"
    if (control["Key"]["sk"], control.get("ConditionExpression")) != ({"S": "CONTROL"}, "attribute_not_exists(cancel)"):
        yield "a cancel just before the token is stored would be slept over"
    early = [c for c in report(stack, "WaitForDecision")["Catch"] if c["ErrorEquals"] == ["DynamoDb.TransactionCanceledException"]]
    if not early or early[0]["Next"] != "Which":
        yield "what was decided before the token is stored must run the phase at once"


@rule(lambda s: report(s, "WaitForDecision")["Catch"][1].update(Next="Expired"),
      lambda s: report(s, "StillOpen").update(Default="WaitForDecision"),
      lambda s: report(s, "StillOpen")["Choices"].pop(1), lambda s: report(s, "StillOpen")["Choices"].pop())
def no_token_is_lost(stack):
    wait, look = report(stack, "WaitForDecision"), report(stack, "StillOpen")
    late = [c["Next"] for c in wait["Catch"] if "States.Timeout" in c["ErrorEquals"]]
    if late != ["ReadGate"] or report(stack, "ReadGate")["Next"] != "StillOpen":
        yield "a wait that ends must look into the table"
    if look["Default"] != "Remind" or report(stack, "Remind")["Next"] != "WaitForDecision":
        yield "an open gate must remind and wait again"
    said = str(look["Choices"])
    for word in ("decision", "expires_at"):
        if word not in said:
            yield f"the look after a wait does not read {word}"


@rule(lambda s: report(s, "WaitForDecision")["Retry"][0]["ErrorEquals"].append("States.ALL"))
def a_wait_is_not_retried_when_it_ends(stack):
    for retrier in report(stack, "WaitForDecision")["Retry"]:
        if {"States.ALL", "States.Timeout", "States.TaskFailed"} & set(retrier["ErrorEquals"]):
            yield "a retry of the wait would forget its reminder"


@rule(lambda s: report(s, "ReadOutcome")["Parameters"].pop("ConsistentRead"),
      lambda s: item(s, "ReadRun")["Parameters"].pop("ProjectionExpression"))
def reads_are_consistent_and_small(stack):
    for machine, name, state, _ in tasks(stack):
        if state["Resource"].endswith("dynamodb:getItem"):
            parameters = state["Parameters"]
            if parameters.get("ConsistentRead") is not True or not parameters.get("ProjectionExpression"):
                yield f"{machine}.{name} reads too much, or what is no longer true"


@rule(lambda s: report(s, "Outcome")["Choices"].pop(4), lambda s: report(s, "Outcome").update(Default="Which"))
def every_outcome_has_a_way_on(stack):
    choice = report(stack, "Outcome")
    for word in outcome_words():
        if ("StringEquals", word) not in set(strings(choice["Choices"])):
            yield f"outcome '{word}' has no rule"
    if choice["Default"] != "RunFailed":
        yield "an unknown outcome must fail the run"


@rule(lambda s: report(s, "Draft")["Parameters"]["Overrides"]["ContainerOverrides"][0].update(
    {"Command.$": "States.Array('phase', '--run', $.run_id, '--phase', 'drafts')"}))
def every_phase_is_run_under_its_name(stack):
    for name in phase_names():
        said = [s for _, n, s, _ in every_state(stack) if any(f"'{name}'" in v for _, v in strings(s))]
        if not said:
            yield f"phase '{name}' is never run"


@rule(lambda s: report(s, "Draft")["Parameters"].update(LaunchType="FARGATE"),
      lambda s: report(s, "Draft")["Parameters"].update({"CapacityProviderStrategy.$": "$.other"}),
      lambda s: report(s, "LeaveSpot").update(Result=[{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]),
      lambda s: report(s, "Crashed")["Choices"].pop(2))
def spot_falls_back_to_demand(stack):
    for machine, name, state, _ in tasks(stack):
        parameters = state.get("Parameters", {})
        if "ecs:" in state["Resource"] and "LaunchType" in parameters:
            yield f"{machine}.{name}: a launch type excludes a capacity provider"
        if "ecs:" in state["Resource"] and machine == "ReportMachine" and parameters.get("CapacityProviderStrategy.$") != "$.capacity":
            yield f"{name} does not run where the state says"
    if report(stack, "LeaveSpot")["Result"] != [{"CapacityProvider": "FARGATE", "Weight": 1}]:
        yield "the fall-back is not on demand"
    if "LeaveSpot" not in targets(report(stack, "Crashed")):
        yield "a container that dies on Spot never leaves it"


@rule(lambda s: report(s, "Research")["Parameters"]["Overrides"]["ContainerOverrides"][0].update({"Environment": []}),
      lambda s: report(s, "Research")["Parameters"]["Overrides"].update({"TaskRoleArn": "x"}))
def overrides_carry_the_command_alone(stack):
    for machine, name, state, _ in tasks(stack):
        if "ecs:" in state["Resource"]:
            overrides = state["Parameters"]["Overrides"]
            if set(overrides) != {"ContainerOverrides"} or set(overrides["ContainerOverrides"][0]) != {"Name", "Command.$"}:
                yield f"{machine}.{name}: overrides are limited to 8,192 characters and are shown to everybody who may look"


@rule(lambda s: report(s, "Crashed")["Choices"].pop(0), lambda s: report(s, "Crashed").update(Default="GiveUp"),
      lambda s: report(s, "Crashed")["Choices"].pop(1), lambda s: report(s, "Crashed")["Choices"].pop(3),
      lambda s: report(s, "Crashed")["Choices"].reverse())
def a_crash_is_tried_again_but_not_for_ever(stack):
    crash = report(stack, "Crashed")
    if targets(crash) != ["Rest", "ReadRefusal", "Pause", "LeaveSpot", "GiveUp"] or crash["Default"] != "Rest":
        yield "what was refused is not repeated; a crash is tried again, leaves Spot, rests and goes on, and gives up after its rests"


@rule(lambda s: report(s, "Draft")["Retry"][0].update(ErrorEquals=["States.ALL"]),
      lambda s: s.machines["BatchMachine"]["States"]["CheckManifest"]["Retry"].append({"ErrorEquals": ["States.TaskFailed"]}),
      lambda s: s.machines["BatchMachine"]["States"]["CheckCrashed"]["Choices"].reverse(),
      lambda s: report(s, "Pause")["Parameters"].update({"seconds.$": "$.tries.n"}))
def no_retrier_repeats_what_a_container_refused(stack):
    """A retrier can't see an exit status, so the choice after it decides which containers are tried again, and pauses."""
    for machine, name, state, _ in tasks(stack):
        if "ecs:" in state["Resource"] and [r["ErrorEquals"] for r in state["Retry"]] != [["States.Timeout"]]:
            yield f"{machine}.{name}: a retrier repeats more than time-outs"
    if targets(stack.machines["BatchMachine"]["States"]["CheckCrashed"]) != ["TellFailed", "BadManifest", "TellFailed", "Pause"]:
        yield "the check of a manifest that was refused is repeated"
    for machine in stack.machines.values():
        if "States.MathRandom" not in machine["States"]["Pause"]["Parameters"]["seconds.$"] or "retry_seconds" not in str(machine["States"]["Pause"]):
            yield "tries do not spread"


@rule(lambda s: report(s, "ManyRounds")["Choices"].pop(), lambda s: report(s, "GoOn").update(Resource="arn:aws:states:::states:startExecution"))
def long_chains_go_on_in_a_new_execution(stack):
    if "GoOn" not in targets(report(stack, "ManyRounds")):
        yield "a chain of yields runs into the limit of 25,000 events"
    if not report(stack, "GoOn")["Resource"].endswith("startExecution.sync:2"):
        yield "who waits for the run must wait for its continuation"


@rule(lambda s: report(s, "ClaimRun")["Parameters"].pop("ConditionExpression"),
      lambda s: report(s, "ClaimRun")["Catch"].pop(0), lambda s: report(s, "NameRun").update(Next="ClaimRun"))
def a_run_id_belongs_to_one_request(stack):
    claim = report(stack, "ClaimRun")
    if "attribute_not_exists" not in claim["Parameters"].get("ConditionExpression", ""):
        yield "the claim of a run id is not conditional"
    if "RunIdTaken" not in targets(claim) or report(stack, "RunIdTaken")["Type"] != "Fail":
        yield "another request under a used run id must end in a state of its own"
    if report(stack, "NameRun")["Next"] != "PutRequest" or report(stack, "PutRequest")["Next"] != "ClaimRun":
        yield "the object must be there before what names it"


@rule(lambda s: s.machines["BatchMachine"]["States"]["Reports"].pop("MaxConcurrencyPath"),
      lambda s: s.machines["BatchMachine"]["States"]["Reports"].pop("ToleratedFailurePercentage"),
      lambda s: s.machines["BatchMachine"]["States"]["Reports"]["ItemProcessor"]["ProcessorConfig"].update(ExecutionType="EXPRESS"),
      lambda s: s.machines["BatchMachine"]["States"]["Reports"]["ItemReader"]["ReaderConfig"].pop("MaxItems"),
      lambda s: s.machines["BatchMachine"]["States"]["Reports"].update(ResultWriter={}))
def the_map_is_bounded(stack):
    reports = stack.machines["BatchMachine"]["States"]["Reports"]
    if reports["ItemProcessor"]["ProcessorConfig"] != {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}:
        yield "only standard child executions may wait for executions"
    if "MaxConcurrencyPath" not in reports or "ToleratedFailurePercentage" not in reports:
        yield "the map has no bound on what runs or fails at once"
    reader = reports["ItemReader"]["ReaderConfig"]
    if reader.get("InputType") != "JSONL" or not 0 < reader.get("MaxItems", 0) <= 1000:
        yield "the map reads at most 1,000 JSON lines"
    if "ResultWriter" in reports:
        yield "the machine writes the results itself"


@rule(lambda s: item(s, "Reserve")["Parameters"]["TransactItems"][1]["Update"].update(ConditionExpression="#failed <= :tolerated"),
      lambda s: item(s, "Reserve")["Parameters"]["TransactItems"][0]["Put"].pop("ConditionExpression"),
      lambda s: item(s, "Reserve").update(Next="Result"),
      lambda s: item(s, "GiveBack")["Parameters"]["TransactItems"][0]["Update"].pop("ConditionExpression"))
def the_total_is_reserved_before_a_child_starts(stack):
    put, update = (list(x.values())[0] for x in item(stack, "Reserve")["Parameters"]["TransactItems"])
    if "#remaining >= :ceiling" not in update.get("ConditionExpression", "") or "attribute_not_exists" not in put.get("ConditionExpression", ""):
        yield "the reservation does not check what remains, or who reserved before"
    before = [n for n in ("Reserve", "WhoseItem") if "Report" in targets(item(stack, n))]
    if before != ["Reserve", "WhoseItem"]:
        yield "a child starts after its reservation and no other way"
    back = item(stack, "GiveBack")["Parameters"]["TransactItems"][0]["Update"]
    if "#state = :reserved" not in back.get("ConditionExpression", ""):
        yield "what was not used must be given back once"


@rule(lambda s: item(s, "Report")["Parameters"].pop("Name.$"), lambda s: item(s, "Report").update(Resource="arn:aws:states:::states:startExecution"),
      lambda s: s.machines["BatchMachine"]["States"]["Reports"]["ItemSelector"].update({"run_id.$": "States.UUID()"}))
def children_are_named_by_run_id(stack):
    child = item(stack, "Report")
    if child["Parameters"].get("Name.$") != "$.run_id" or not child["Resource"].endswith("startExecution.sync:2"):
        yield "a child that has no name of its own may be started twice"
    if "$.stamp" not in stack.machines["BatchMachine"]["States"]["Reports"]["ItemSelector"]["run_id.$"]:
        yield "a run id must follow from item and scheduled time"


@rule(lambda s: s.machines["BatchMachine"]["States"]["Stamp"].update(Next="Reports"),
      lambda s: s.machines["BatchMachine"]["States"]["ClaimBatch"]["Parameters"].pop("ConditionExpression"))
def a_manifest_is_checked_and_claimed_first(stack):
    machine = stack.machines["BatchMachine"]
    without = {"States": {n: s for n, s in machine["States"].items() if n not in ("CheckManifest", "ClaimBatch")}}
    if "Reports" in reachable(without, machine["StartAt"]):
        yield "reports start without a checked manifest and a claimed batch"
    if "attribute_not_exists" not in machine["States"]["ClaimBatch"]["Parameters"].get("ConditionExpression", ""):
        yield "a second firing would claim the batch again"


@rule(lambda s: report(s, "Remind")["Parameters"].update({"Subject.$": "States.Format('nightdesk: the person who decides on run {} is still awaited', $.run_id)"}))
def subjects_fit(stack):
    for machine, name, state, _ in tasks(stack):
        subject = state.get("Parameters", {}).get("Subject.$")
        if subject and len(re.search(r"'(.*)'", subject)[1].replace("{}", "r" * 64)) >= 100:
            yield f"{machine}.{name}: a subject has less than 100 characters"


@rule(lambda s: s.machines["ReportMachine"]["States"]["Draft"]["Parameters"].update(Cluster="${Clutser}"),
      lambda s: s.resources["BatchMachine"]["Properties"]["DefinitionSubstitutions"].update(Unused="x"))
def substitutions_match(stack):
    for machine, file in MACHINES.items():
        wanted = set(re.findall(r"\$\{(\w+)\}", str(stack.machines[machine])))
        given = set(stack.resources[machine]["Properties"]["DefinitionSubstitutions"])
        if wanted != given:
            yield f"{file} and the template differ in {sorted(wanted ^ given)}"


@rule(lambda s: report(s, "Failed").pop("ErrorPath"), lambda s: report(s, "BadInput").pop("Cause"))
def failures_have_a_name_and_a_cause(stack):
    for machine, name, state, _ in every_state(stack):
        if state["Type"] == "Fail" and not ({"Error", "ErrorPath"} & set(state) and {"Cause", "CausePath"} & set(state)):
            yield f"{machine}.{name} fails without saying why"
