"""web keeps the promise that every service keeps."""

import pytest

from tests.kit.guarantees import ServiceGuarantees
from tests.web.house import DESK_KEY


class TestWeb(ServiceGuarantees):
    service = "web"
    crashes_on = "de.anlaufstelle.needs.articulated.v1"

    @pytest.fixture(autouse=True)
    def _key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANLAUFSTELLE_DESK_KEY", DESK_KEY)
