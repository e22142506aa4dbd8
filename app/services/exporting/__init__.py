"""What leaves: the researchers' export, and what one person takes home."""
