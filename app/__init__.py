"""Synthesize Me: learns how a person likes AI answers, and hands them the proof."""
