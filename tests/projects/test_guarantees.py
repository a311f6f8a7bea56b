"""projects keeps the promise that every service keeps."""

from tests.kit.guarantees import ServiceGuarantees


class TestProjects(ServiceGuarantees):
    service = "projects"
    crashes_on = "de.anlaufstelle.gaps.detected.v1"
