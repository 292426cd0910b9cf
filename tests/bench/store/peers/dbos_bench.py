"""DBOS: a workflow of N steps on SQLite; each step returns its two texts."""
import os

from dbos import DBOS, SetWorkflowID

from steps import Steps

steps = Steps()
DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{steps.path('dbos.db')}", "run_admin_server": False,
             "log_level": "ERROR", "application_version": "1"})


@DBOS.step()
def step(i):
    model, tool = steps.texts(i)
    return {"model": model, "tool": tool}


@DBOS.workflow()
def workflow(count):
    return sum(len(step(i)) for i in range(count))


DBOS.launch()
with SetWorkflowID("bench"):
    workflow(steps.count)
steps.end()
DBOS.destroy()
steps.report("dbos", "dbos.db")
os._exit(0)  # its threads need not be waited for
