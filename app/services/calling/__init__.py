"""The one way to pay for a model call: ledger, tries, gate. Every use case may use it."""
