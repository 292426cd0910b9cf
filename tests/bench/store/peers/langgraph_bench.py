"""LangGraph: a graph of one node that loops, add_messages, SQLite saver, durability "sync" (durable before it goes on)."""
import contextlib
import sqlite3
import warnings

warnings.filterwarnings("ignore")
from typing import Annotated, TypedDict

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from steps import Steps

steps = Steps()


class State(TypedDict):
    messages: Annotated[list, add_messages]
    i: int


def step(state):
    i = state["i"]
    model, tool = steps.texts(i)
    call = {"name": "fetch", "args": {"i": i}, "id": f"call_{i}"}
    return {"messages": [AIMessage(content=model, tool_calls=[call]), ToolMessage(content=tool, tool_call_id=call["id"])],
            "i": i + 1}


graph = StateGraph(State)
graph.add_node("step", step)
graph.add_edge(START, "step")
graph.add_conditional_edges("step", lambda state: "step" if state["i"] < steps.count else END, ["step", END])
with SqliteSaver.from_conn_string(steps.path("langgraph.db")) as saver:
    app = graph.compile(checkpointer=saver)
    config = {"configurable": {"thread_id": "bench"}, "recursion_limit": steps.count + 10}
    app.invoke({"messages": [("user", "a question")], "i": 0}, config, durability="sync")
    steps.end()
with contextlib.closing(sqlite3.connect(steps.path("langgraph.db"))) as db:  # what is in the log goes to the file
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
steps.report("langgraph", "langgraph.db")
