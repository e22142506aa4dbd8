"""A persona from a list of choices, as in a notebook: every `# %%` begins a cell. Needs a server in OpenAI's format.

MODEL_URL=http://localhost:11434/v1 MODEL_NAME=llama3.1 python examples/first_persona.py
"""

# %% A model of your own: any function from messages to a text.
from __future__ import annotations

import json
import os
import urllib.request

import synthesize_me as sm

URL = os.environ.get("MODEL_URL", "http://localhost:11434/v1")
NAME = os.environ.get("MODEL_NAME", "llama3.1")


def ask(messages: list[dict[str, str]]) -> str:
    body = json.dumps({"model": NAME, "messages": messages, "temperature": 0, "max_tokens": 2000}).encode()
    request = urllib.request.Request(f"{URL}/chat/completions", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as reply:  # noqa: S310 (an address that you give)
        return str(json.load(reply)["choices"][0]["message"]["content"])


# %% Choices: what was asked, the answer that was liked better, the other one.
TOPICS = [
    ("Why does bread rise?", "Yeast makes gas, and the dough holds it."),
    ("What is a noun?", "A word that names a thing, a person or a place."),
    ("How do I boil an egg?", "Seven minutes in boiling water, then cold water."),
    ("What is TLS?", "The protocol that encrypts web traffic."),
    ("Who wrote Emma?", "Jane Austen, in 1815."),
    ("Why is the sky blue?", "Air scatters blue light more than red."),
    ("What does HTTP 404 mean?", "There is nothing at that address."),
    ("How far is the moon?", "About 384,000 km."),
    ("What is inflation?", "Prices rising, so that money buys less."),
    ("How do magnets work?", "Many small fields in them point the same way."),
    ("What is a prime?", "A number over 1 that only 1 and itself divide."),
    ("Why do cats purr?", "Mostly when content, sometimes to calm themselves."),
    ("What is a verb?", "A word for an action or a state."),
    ("How do I clean a pan?", "Soak it, then rub with salt."),
    ("What is a leap year?", "A year of 366 days, so that the calendar keeps up."),
    ("Why do leaves fall?", "The tree saves water in the cold months."),
]
AROUND = "What a great question! Let us look at it step by step. {answer} I hope that this helps; there is much more to say of it."
choices = [
    {
        "context": [{"role": "user", "content": question}],
        "chosen": {"role": "assistant", "content": answer},
        "rejected": {"role": "assistant", "content": AROUND.format(answer=answer)},
    }
    for question, answer in TOPICS
]

# %% Learn from twelve of them.
persona = sm.induce(choices[:12], ask, on_progress=lambda p: print(f"{p.stage}: {p.done} of {p.total}"))
print(persona.verdict)
for trait in persona.traits:
    print(f"- {trait.text} ({len(trait.supporting)} choices for it, {len(trait.opposing)} against)")

# %% One new pair: which answer, and why?
short = TOPICS[12][1]
long = AROUND.format(answer=short)
guess = sm.predict(persona, "What is a verb?", short, long, ask)
print(guess.choice, guess.sure, [trait.text for trait in guess.for_it], [trait.text for trait in guess.against_it])

# %% How often is it right on choices that did not teach it? Those that did are left out.
report = sm.evaluate(persona, choices, ask)
print(report.trial.left_out(), report.verdict)

# %% Keep it, and use it elsewhere.
sm.save(persona, "persona.json")
again = sm.load("persona.json")
print(again.system_prompt)
