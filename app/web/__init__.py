"""Thin routes and the views they show, one module a page."""
