"""ECS tasks as processes. RunTask starts one for each container, StopTask sends SIGTERM and, after stopTimeout, SIGKILL."""
import os
import signal
import subprocess
import threading
import time

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs.models import Container, EC2ContainerServiceBackend


class Tasks:
    """`argv(family, command)` gives the program and arguments of a container, None: its image can't be pulled; `environment`
    and `more(command)` are added to the template's.
    `.started` lists {"task", "family", "command", "pid", "capacity", "log", "exit"} in order."""

    def __init__(self, argv, environment, folder, region):
        self.argv, self.environment, self.folder, self.region = argv, environment, folder, region
        self.started, self.lock = [], threading.Lock()
        self.more = lambda command: {}
        self.credentials = None  # role -> environment of the container endpoint; None: what `environment` says
        self.longest_grace_seconds = 120  # between SIGTERM and the end, whatever the template says
        self.refuse = []  # reasons with which the next RunTasks fail: "failures" or an exception
        os.makedirs(folder, exist_ok=True)

    def install(self):
        run, stop = EC2ContainerServiceBackend.run_task, EC2ContainerServiceBackend.stop_task
        ours = self
        if not hasattr(NetworkInterface, "private_dns_name"):
            NetworkInterface.private_dns_name = ""

        def run_task(backend, cluster_str, task_definition_str, *args, **kwargs):
            with ours.lock:
                reason = ours.refuse.pop(0) if ours.refuse else None
            if reason == "failures":
                return []
            if reason:
                raise reason
            definition = backend.describe_task_definition(task_definition_str)
            for container in definition.container_definitions:
                container.setdefault("memoryReservation", 0)
            made = run(backend, cluster_str, task_definition_str, *args, **kwargs)
            for task in made:
                ours.start(task, definition)
            return made

        def stop_task(backend, cluster_str, task_str, reason):
            for tasks in backend.tasks.values():
                for arn, task in tasks.items():
                    if arn.endswith(task_str.split("/")[-1]) and hasattr(task, "our_stop"):
                        task.stopped_reason, task.stop_code = reason or "Task stopped by user", "UserInitiated"
                        task.our_stop.set()
                        return task
            return stop(backend, cluster_str, task_str, reason)

        EC2ContainerServiceBackend.run_task, EC2ContainerServiceBackend.stop_task = run_task, stop_task

    def start(self, task, definition):
        box = definition.container_definitions[0]
        override = next((o for o in (task.overrides or {}).get("containerOverrides", []) if o["name"] == box["name"]), {})
        given = [*(box.get("environment") or []), *(override.get("environment") or [])]
        environment = {e["name"]: str(e["value"]) for e in given if e}  # moto leaves None for AWS::NoValue
        command = override.get("command") or box.get("command") or []
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE", "AWS_DEFAULT_REGION": self.region,
                       **environment, **self.environment, **self.more(command),
                       **(self.credentials(definition.task_role_arn) if self.credentials else {})}
        task.advance = lambda: None  # moto would walk through the states by itself
        task.last_status, task.our_stop = "RUNNING", threading.Event()
        container = Container(definition)
        container.task_arn, container.last_status, container.exitCode = task.task_arn, "RUNNING", None
        task.containers = [container]
        argv, log = self.argv(definition.family, command), os.path.join(self.folder, task.id + ".log")
        if argv is None:
            task.stopped_reason, task.stop_code = "CannotPullContainerError: pull image manifest has been retried 5 time(s)", "TaskFailedToStart"
            container.last_status = task.desired_status = task.last_status = "STOPPED"
            return
        with open(log, "wb") as out:
            process = subprocess.Popen(argv, env=environment, stdout=out, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True)
        entry = {"task": task, "family": definition.family, "command": command, "pid": process.pid, "exit": None,
                 "capacity": task.capacity_provider_name, "log": log}
        with self.lock:
            self.started.append(entry)
        threading.Thread(target=self.watch, args=(task, container, process, entry, int(box.get("stopTimeout", 30))), daemon=True).start()

    def watch(self, task, container, process, entry, grace_seconds):
        while process.poll() is None and not task.our_stop.wait(0.05):
            pass
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)  # the container's first process alone gets it; the end takes all
            try:
                process.wait(min(grace_seconds, self.longest_grace_seconds))
            except subprocess.TimeoutExpired:
                self.kill(process.pid)
                process.wait()
        entry["exit"] = container.exitCode = process.returncode if process.returncode >= 0 else 128 - process.returncode
        container.exit_code = container.exitCode
        container.last_status = "STOPPED"
        if not task.stopped_reason:
            task.stopped_reason, task.stop_code = "Essential container in task exited", "EssentialContainerExited"
        task.desired_status = task.last_status = "STOPPED"

    @staticmethod
    def kill(pid):
        """The end of a container, all its processes at once."""
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def spot_interruption(self, entry):
        """What ECS does when Spot takes the machine back: SIGTERM, two minutes later SIGKILL."""
        entry["task"].stopped_reason, entry["task"].stop_code = "Your Spot Task was interrupted.", "SpotInterruption"
        entry["task"].our_stop.set()

    def out_of_memory(self, entry):
        """What the kernel does with a container over its memory."""
        entry["task"].stopped_reason, entry["task"].stop_code = "OutOfMemoryError: Container killed due to memory usage", "EssentialContainerExited"
        self.kill(entry["pid"])

    def alive(self):
        return [e for e in self.started if e["exit"] is None]

    def stop_all(self):
        for entry in self.alive():
            entry["task"].our_stop.set()
        limit = time.monotonic() + 10
        while self.alive() and time.monotonic() < limit:
            time.sleep(0.05)
        for entry in self.alive():
            self.kill(entry["pid"])
