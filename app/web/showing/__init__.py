"""What a reader sees: templates, Markdown, views, downloads."""
