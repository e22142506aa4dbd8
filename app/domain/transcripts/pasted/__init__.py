"""Conversations pasted as text: whose words are whose, and what the chat page put around them."""
