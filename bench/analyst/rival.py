"""The questions of bench/analyst to smolagents' CodeAgent, the rival that writes Python over the same files.

    pip install "smolagents[openai]" pandas
    node bench/analyst/main.mjs --part kept --list > questions.jsonl
    python bench/analyst/rival.py questions.jsonl answers.jsonl --base-url http://127.0.0.1:8000/v1 --model NAME
    node bench/analyst/main.mjs --part kept --answers answers.jsonl

It is told of the tables in the words that our agent reads. Its own prompts, its own steps; greedy.
"""

import argparse
import json
import os
import time

from smolagents import CodeAgent, OpenAIServerModel

MAX_STEPS = 4  # our agent may repair three times

parser = argparse.ArgumentParser()
parser.add_argument("questions")
parser.add_argument("out")
parser.add_argument("--base-url", required=True)
parser.add_argument("--model", required=True)
arguments = parser.parse_args()

out = os.path.abspath(arguments.out)
done = set()
if os.path.exists(out):
    with open(out) as file:
        done = {json.loads(line)["id"] for line in file}
with open(arguments.questions) as file:
    questions = [json.loads(line) for line in file]

model = OpenAIServerModel(
    model_id=arguments.model,
    api_base=arguments.base_url,
    api_key="none",
    temperature=0,
    max_tokens=600,
    flatten_messages_as_text=True,
)
for question in questions:
    if question["id"] in done:
        continue
    os.chdir(question["folder"])
    agent = CodeAgent(
        tools=[],
        model=model,
        additional_authorized_imports=["pandas", "numpy", "json", "csv"],
        max_steps=MAX_STEPS,
        verbosity_level=0,
    )
    started = time.time()
    try:
        if question.get("after"):
            agent.run(f"{question['told']}\n\n{question['after']}")
            answer = agent.run(question["ask"], reset=False)
        else:
            answer = agent.run(f"{question['told']}\n\n{question['ask']}")
    except Exception as error:  # the server refuses a prompt that is too long
        answer, failure = "", str(error)[:200]
    else:
        failure = None
    steps = [step for step in agent.memory.steps if hasattr(step, "code_action") and step.code_action]
    entry = {
        "id": question["id"],
        "answer": str(answer),
        "failure": failure,
        "calls": [{"code": step.code_action, "failed": step.error is not None} for step in steps],
        "seconds": round(time.time() - started, 1),
    }
    with open(out, "a") as file:
        file.write(json.dumps(entry) + "\n")
