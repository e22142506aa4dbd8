"""Consent by the API: to the text that was read, and to no other."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.clients import program


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


def test_consent_to_another_text_is_refused_and_the_present_one_named(client: TestClient) -> None:
    present = client.get("/api/v1/consents").json()[0]["current_text_version"]

    refused = client.put("/api/v1/consents/choices", json={"granted": True, "text_version": "1999-01"})

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/consent-text-changed"
    assert present in refused.json()["detail"]
    assert not any(consent["granted"] for consent in client.get("/api/v1/consents").json())
    given = client.put("/api/v1/consents/choices", json={"granted": True, "text_version": present}).json()[0]
    assert (given["granted"], given["text_version"]) == (True, present)


@pytest.mark.parametrize("version", ["", "2026-1", "2026-11 ", "2027-01", "\u212a"])
def test_no_version_but_the_present_one_is_agreed_to(client: TestClient, version: str) -> None:
    reply = client.put("/api/v1/consents/texts", json={"granted": True, "text_version": version})

    assert reply.status_code == 409
    assert not any(consent["granted"] for consent in client.get("/api/v1/consents").json())


def test_switching_off_goes_through_whatever_version_is_sent(client: TestClient) -> None:
    client.put("/api/v1/consents/texts", json={"granted": True})

    reply = client.put("/api/v1/consents/texts", json={"granted": False, "text_version": "1999-01"})

    assert reply.status_code == 200
    assert not any(consent["granted"] for consent in reply.json())
