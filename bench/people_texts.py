"""What simulated people ask, and answers to it in any manner: short or long, with lists, warmth, examples and doubt.

The words that carry a manner stand only in the sentences for it, so that an answer has as much of each as it was given.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is written: plain sentences, how many of them as list items, and sentences of each other sort."""

    sentences: int
    listed: int = 0
    warm: int = 0
    examples: int = 0
    hedges: int = 0


REQUESTS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "code": (
            ("Write a Python function that removes duplicates from a list.", "the function"),
            ("Write a SQL query that counts the orders of each customer.", "the query"),
            ("My Python script stops with a KeyError. What does that mean?", "the script"),
            ("Write a bash script that renames all photos by date.", "the script"),
            ("How do I sort a list of objects in JavaScript?", "the comparison"),
            ("Write a regex that finds dates in a text.", "the pattern"),
            ("What does async mean in Python code?", "the coroutine"),
            ("Write a unit test for a function that adds two times.", "the test"),
            ("How do I undo the last commit in git?", "the commit"),
            ("Write a small program that guesses a number.", "the program"),
        ),
        "calculation": (
            ("Solve 3x + 5 = 20 and show how.", "the equation"),
            ("What is the probability of two sixes in four throws?", "the probability"),
            ("Calculate the interest on a loan of 4000 at 6 percent over 3 years.", "the interest"),
            ("How many ways are there to seat five guests in a row?", "the count"),
            ("What is the derivative of x^2 * sin(x)?", "the derivative"),
            ("Calculate the area of a garden of 12 by 7.5 metres.", "the area"),
            ("Solve the equation x^2 - 5x + 6 = 0.", "the equation"),
            ("What is 17 * 23, and how do I do it in my head?", "the product"),
        ),
        "making": (
            ("Write a birthday message for a colleague whom I hardly know.", "the message"),
            ("Write a letter to my landlord about the heating.", "the letter"),
            ("Draft an invitation to a housewarming.", "the invitation"),
            ("Write one polite sentence that asks a colleague for a file.", "the sentence"),
            ("Write a short poem about the first frost.", "the poem"),
            ("Compose a farewell speech for our coach.", "the speech"),
            ("Write an e-mail that moves a meeting to Friday.", "the e-mail"),
            ("Write a blog post on the plot of a fairy tale.", "the post"),
        ),
        "advice": (
            ("Should I take the night train or fly?", "the journey"),
            ("How do I ask my boss for a rise?", "the talk"),
            ("How can I sleep better before an exam?", "your sleep"),
            ("Should I adopt a cat in a small flat?", "the cat"),
            ("How do I start running after a long break?", "the running"),
            ("Is it worth repairing a ten-year-old washing machine?", "the repair"),
            ("How should I split the bills with a flatmate?", "the bills"),
            ("Should I learn the cello as an adult?", "the practice"),
            ("How do I tell a friend that I cannot come to her party?", "the message"),
        ),
        "facts": (
            ("Why is the sky dark at night?", "the light"),
            ("What is inflation?", "the price level"),
            ("How does a heat pump work?", "the pump"),
            ("Why do leaves turn red in autumn?", "the leaf"),
            ("What is the difference between weather and climate?", "the climate"),
            ("Who built the first lighthouses?", "the tower"),
            ("What happens to a letter after it is posted?", "the letter"),
            ("Why does bread rise?", "the dough"),
        ),
    }
)

_PLAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": (
            "Read the input once and keep what {t} needs in one place",
            "The order of the entries stays as it was",
            "An empty input gives an empty result, so nothing special has to be done for it",
            "Name the variables after what they hold, and {t} explains itself",
            "The work grows in step with the size of the input",
            "Run {t} on a small input first and look at every line of the result",
            "A key that is not there raises an error, and the last line of the message names it",
            "Keep the part that reads apart from the part that decides",
            "Put the check at the top and return at once when it fails",
            "The standard library has what {t} needs, so install nothing",
            "Save the file under another name before you change {t}",
            "The second argument says how two entries are held against each other",
            "Leave the old data alone and build new data from it",
            "Whoever reads {t} next year will look for its purpose in the first line",
        ),
        "calculation": (
            "Bring everything without the unknown to one side",
            "Divide both sides by the same number and {t} is nearly done",
            "Put the result back in and see whether both sides agree",
            "Write down what is given and what is looked for before you begin",
            "Each step changes one thing only, so an error is found at once",
            "The units go through the calculation like numbers do",
            "Split {t} into two parts that you can do in your head",
            "Round at the very end and not in between",
            "The order in which the parts are taken makes no difference here",
            "Draw {t} as a rectangle and read the parts off its sides",
            "The rule for products has two terms, one for each factor",
            "Count the cases that do not fit and take them from the whole",
            "A rough guess beforehand tells whether {t} is near the truth",
            "Two solutions come out because a square hides the sign",
        ),
        "making": (
            "Open {t} with the name of the person and one friendly line",
            "Say in the second sentence what you want",
            "Keep {t} to one thought a paragraph",
            "End with a line that leaves the door open",
            "Take out every word that the reader would not miss",
            "Read {t} aloud once before you send it",
            "Let the verb carry the sentence and spare the adjectives",
            "Mention one thing that only the two of you know",
            "Put the date and the place where the eye falls first",
            "A quiet tone suits {t} better than a loud one",
            "Leave a night between the first version of {t} and the last",
            "The last word of each line decides how it sounds",
            "Thank them for one thing they did and leave it there",
            "Ask for one thing and name the day",
        ),
        "advice": (
            "Write down what matters most to you before you decide about {t}",
            "Set a date after which {t} is settled",
            "Ask somebody who has done it what surprised them",
            "Begin with a small step and look at it again after a week",
            "Keep the evenings free of {t}",
            "Put the cost of both ways side by side, the hidden cost too",
            "Tell the others early, so that nobody has to guess",
            "Do {t} at the same hour each day and it asks for less will",
            "Leave room in the plan for a bad week",
            "Decide what would make you stop before you start",
            "A calm first day makes the rest of {t} easier",
            "Say what you want in one sentence and then listen",
            "Give up the part of {t} that you have been putting off for months",
            "Sleep over it once and then keep to what you chose",
        ),
        "facts": (
            "It begins with what happens far away and ends in {t}",
            "Warm air rises and cold air takes its place",
            "People noticed {t} long before they could explain it",
            "The first explanation was wrong and held for a century",
            "What we see of {t} is the smaller part",
            "Pressure and heat change together, and {t} follows",
            "It takes a few hours from the beginning to the end",
            "The same thing happens elsewhere at another speed",
            "Two causes work against each other, and the stronger one wins",
            "Without water nothing of this would happen",
            "Measurements from the last hundred years agree on this point",
            "The name of {t} comes from a word for change",
            "Small differences at the start grow large at the end",
            "Once it has begun, {t} keeps going without help",
        ),
    }
)
_WARM = (
    "I am glad that you ask about {t}!",
    "That is a great thing to look into!",
    "I understand that {t} can be trying, and you are doing well.",
    "Good luck, and feel free to come back with more about {t}!",
)
_EXAMPLES = (
    "For example, take {t} with only three entries and go through it by hand.",
    "For instance, a neighbour of ours did {t} in two afternoons.",
    "Take something small first, such as one page of it, and compare.",
    "An everyday case, e.g. {t} on a rainy Monday, shows it at once.",
)
_HEDGES = (
    "This may be different in your case.",
    "Perhaps another way to see {t} is just as good.",
    "However, it might take longer than it looks.",
    "That is probably right for {t}, though not for all of it.",
)
_SNIPPET = "```\nresult = keep(first(entries))\n```"


def answer(kind: str, subject: str, manner: Manner, rng: random.Random) -> str:
    """An answer about a subject in this manner; `rng` draws which sentences and where they stand."""
    plain = [text.format(t=subject) for text in rng.sample(_PLAIN[kind], min(manner.sentences, len(_PLAIN[kind])))]
    listed, flowing = plain[: manner.listed], [f"{text}." for text in plain[manner.listed :]]
    for sort, count in ((_EXAMPLES, manner.examples), (_HEDGES, manner.hedges), (_WARM, manner.warm)):
        for text in rng.sample(sort, count):
            flowing.insert(rng.randrange(len(flowing) + 1), text.format(t=subject))
    parts = [" ".join(flowing)] if flowing else []
    if kind == "code":
        parts.insert(rng.randrange(len(parts) + 1), _SNIPPET)
    if listed:
        parts.insert(rng.randrange(len(parts) + 1), "\n".join(f"- {text}" for text in listed))
    return "\n\n".join(parts)
