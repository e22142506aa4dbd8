"""What other products give out of a person's own history: conversations, choices that were made there, and own words."""
