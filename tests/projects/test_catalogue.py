"""The words of projects are there in four languages."""

from tests.kit.catalogues import CatalogueTests


class TestProjects(CatalogueTests):
    service = "projects"
