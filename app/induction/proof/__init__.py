"""How far a prompt is right on choices that did not write it: parts, arms, findings, statistics."""
