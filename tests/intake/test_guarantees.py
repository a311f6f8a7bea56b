"""Intake keeps the promise of the chassis."""

from tests.kit.guarantees import ServiceGuarantees


class TestIntake(ServiceGuarantees):
    service = "intake"
