"""People: their accounts and sign-ins, what opens an account again, their consents, their requests that may come twice."""
