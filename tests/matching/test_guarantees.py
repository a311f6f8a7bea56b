"""Matching keeps the promise that every service keeps."""

from tests.kit.guarantees import ServiceGuarantees


class TestMatching(ServiceGuarantees):
    service = "matching"
