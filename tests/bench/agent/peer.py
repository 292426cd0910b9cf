"""gpt-researcher over a folder: peer.py DOCS QUESTION, with its endpoints in the environment. The last line is what it needed."""
import asyncio
import json
import sys

import gpt_researcher


async def main():
    researcher = gpt_researcher.GPTResearcher(query=sys.argv[2], report_type="research_report", report_source="local")
    await researcher.conduct_research()
    report = await researcher.write_report()
    print("\n" + json.dumps({"report_chars": len(report), "context_chars": len(str(researcher.context))}))


asyncio.run(main())
