"""Synthesize Me: learns how a person likes AI answers, and hands them the proof."""

__version__ = "0.1.0"
