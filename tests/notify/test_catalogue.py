"""The words of notify are there in four languages."""

from tests.kit.catalogues import CatalogueTests


class TestNotify(CatalogueTests):
    service = "notify"
