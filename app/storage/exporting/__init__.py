"""What leaves the database as data: research exports, and what one account takes home."""
