"""A local AWS for tests: moto with its interpreter of state machines repaired, containers as processes.

    aws.py        the server, clients, deploying our template, waiting for executions
    types.py      CloudFormation types that moto lacks
    machines.py   repairs of the Step Functions interpreter, towards what AWS does
    tasks.py      RunTask starts a process for each container; StopTask is SIGTERM, then SIGKILL
    access.py     who may do what: policies of the template with resources and conditions; keys for containers
    stores.py     one request at a time, so that conditions hold

Pinned to one version of moto (requirements.txt): the repairs reach into it. The tests over it fail when one no longer bites.
"""
