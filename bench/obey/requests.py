"""Twenty fixed requests, the first, third, fifth and eighth of five conversations, with what is asked between them.

They are written for this bench, of five kinds (facts, advice, texts to write, code, calculations), and none says how it wants to be answered,
so that only the prompt does.
"""

from __future__ import annotations

TURNS = (1, 3, 5, 8)
"""The turns that are measured: a prompt that is obeyed at the first answer may be forgotten by the eighth."""

CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    (
        "Why do leaves change colour in autumn?",
        "And why do some stay green all winter?",
        "What is the difference between a virus and a bacterium?",
        "Which of the two is older?",
        "How do vaccines work?",
        "Why do some need a second dose?",
        "What causes tides?",
        "How can I explain gravity to a child?",
    ),
    (
        "I want to start running but I get tired after five minutes. What should I do?",
        "My knees hurt a little. Does that matter?",
        "How should I prepare for a job interview next week?",
        "What if they ask about a gap in my CV?",
        "Should I rent or buy a flat?",
        "I might move in three years.",
        "I keep forgetting people's names.",
        "Is it worth learning to cook for one person?",
    ),
    (
        "Write an e-mail to my landlord about a heating that has failed.",
        "It has been off for four days.",
        "Write a short description of a second-hand bicycle for an advertisement.",
        "The brakes are new.",
        "Draft a speech for a colleague who retires.",
        "She worked in the library for thirty years.",
        "Give me a title for the speech.",
        "Summarise why public libraries matter.",
    ),
    (
        "How do I read a CSV file in Python and add up one column?",
        "Some cells are empty.",
        "What does the Git command rebase do?",
        "And merge?",
        "How do I find out which program uses a port on Linux?",
        "How do I end it?",
        "What is an index in SQL?",
        "Why is my website slow?",
    ),
    (
        "A train goes 150 km in 90 minutes. How fast is it on average?",
        "And in miles an hour?",
        "Is it better to pay off a loan at 6 % or to save at 3 %?",
        "The loan has two years left.",
        "What is the probability that two of 23 people share a birthday?",
        "Which number would make it nine in ten?",
        "What is compound interest?",
        "How much water should one drink in a day?",
    ),
)
