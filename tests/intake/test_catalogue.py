"""The words of intake are there in four languages."""

from tests.kit.catalogues import CatalogueTests


class TestIntake(CatalogueTests):
    service = "intake"
