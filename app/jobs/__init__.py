"""Durable workflows on DBOS: each a thin shell around a service."""
