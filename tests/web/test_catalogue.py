"""The words of web are there in four languages."""

from tests.kit.catalogues import CatalogueTests


class TestWeb(CatalogueTests):
    service = "web"
