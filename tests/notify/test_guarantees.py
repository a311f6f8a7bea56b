"""notify keeps the promise that every service keeps."""

from tests.kit.guarantees import ServiceGuarantees


class TestNotify(ServiceGuarantees):
    service = "notify"
    crashes_on = "de.anlaufstelle.needs.matched.v1"
