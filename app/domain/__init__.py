"""The field's own things as frozen dataclasses and rules. Standard library only."""
