"""From choices to traits: proposed, voted on, weighed, shown with examples."""
