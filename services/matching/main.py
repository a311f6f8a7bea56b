"""The process: `python -m services.matching.main`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self
from zoneinfo import ZoneInfo

from anlaufstelle_contracts.taxonomy import Category
from pydantic import Field, PositiveInt, SecretStr, model_validator

from chassis import Service, Settings, run

from . import api, corrections, handlers
from .calibration import Calibration
from .deciding import Deciding
from .directory import Directory
from .domain import places
from .domain.decision import Decision
from .domain.gap import Thresholds
from .domain.model import Model
from .domain.need import Need
from .encoder import BundledEncoder, Encoder, EndpointEncoder, RememberingEncoder
from .keeper import Keeper
from .publishing import Publishing
from .repository import Examples, Gaps, Needs, Offers, Predictions

if TYPE_CHECKING:
    from .second_opinion import SecondOpinion


class MatchingSettings(Settings):
    """What matching needs to know."""

    # Embedding takes longer than committing: small batches answer the first of many sooner, and well within the ack wait.
    batch_size: int = Field(50, ge=1, le=1000, description="Most messages handled in one commit.")
    matching_model: Path = Field(Path(__file__).parent / "model", description="Folder of the fitted model.")
    embedding_url: str = Field("", description="OpenAI-compatible endpoint, e.g. http://host/v1; empty: the bundled encoder.")
    embedding_model: str = Field("", description="The endpoint's model; the fitted model must have been fitted with it.")
    embedding_key: SecretStr = Field(SecretStr(""), description="Bearer key of the endpoint.")
    embedding_query_prefix: str = Field("query: ", description="What the endpoint's model wants before a need.")
    embedding_passage_prefix: str = Field("passage: ", description="What the endpoint's model wants before an offer.")
    second_opinion_url: str = Field(
        "", description="Own OpenAI-compatible chat endpoint, e.g. http://host/v1; empty: none is asked."
    )
    second_opinion_model: str = Field("", description="Its model.")
    second_opinion_key: SecretStr = Field(SecretStr(""), description="Bearer key of that endpoint.")
    second_opinion_seconds: float = Field(8.0, gt=0, le=60, description="Seconds after which an unsure need is left to people.")
    second_opinion_calls: int = Field(60, ge=1, description="Most unsure needs that are asked about in an hour.")
    second_opinion_tokens: int = Field(100_000, ge=1, description="Most tokens that they may take in an hour.")
    check_after: int = Field(3, ge=1, description="People in a row who reached nobody, after which an offer is to be checked.")
    gap_people: int = Field(3, ge=1, description="People with similar unmet needs that make a gap.")
    gap_people_by_category: dict[Category, PositiveInt] = Field(
        {}, description='The same for themes with some main categories, JSON: {"housing": 5, "animals": 2}.'
    )
    gap_people_by_urgency: dict[Literal["now", "days", "later"], PositiveInt] = Field(
        {"now": 2}, description='So many people who need it that urgently make a gap as well, JSON: {"now": 2, "days": 3}.'
    )
    gap_days: int = Field(60, ge=1, description="Days for which a need counts as waiting.")

    @model_validator(mode="after")
    def _second_opinion_has_a_model(self) -> Self:
        if self.second_opinion_url and not self.second_opinion_model:
            raise ValueError("second_opinion_url needs second_opinion_model")
        return self


class WrongEncoder(ValueError):
    """The fitted model was fitted with another encoder than the one that is configured."""


def build(settings: MatchingSettings) -> Service:
    """The service with everything it depends on. Raises WrongEncoder and BadPlaceFile."""
    service = Service("matching", settings)
    places.use(settings.place_folder)
    model = Model.load(settings.matching_model)
    encoder = configured_encoder(settings)
    if encoder.name != model.numbers.encoder:
        raise WrongEncoder(f"the model was fitted with {model.numbers.encoder!r}, configured is {encoder.name!r}: fit it again")
    offers, needs, gaps = Offers(service), Needs(service), Gaps(service)
    directory = Directory(offers, model, encoder)
    deciding = Deciding(directory, model, encoder, ZoneInfo(settings.timezone))
    thresholds = Thresholds(
        settings.gap_people, settings.gap_days,
        {str(category): people for category, people in settings.gap_people_by_category.items()},
        {str(urgency): people for urgency, people in settings.gap_people_by_urgency.items()},
    )  # fmt: skip
    directory.register(service)
    opinions = _second_opinion(settings, deciding, service)
    handlers.register(service, deciding, needs, settings.check_after, opinions.is_wanted if opinions else _never)
    Calibration(Predictions(service)).register(service)
    Keeper(service, deciding, needs, offers, gaps, thresholds, opinions).register()
    corrections.register(service, deciding, needs, offers, Examples(service))
    api.register(service, deciding, Publishing(service, offers, deciding), needs, offers, gaps)
    return service


def _second_opinion(settings: MatchingSettings, deciding: Deciding, service: Service) -> "SecondOpinion | None":
    if not settings.second_opinion_url:
        return None
    from .second_opinion import Budget, Endpoint, SecondOpinion  # nothing of it is there where it is not wanted

    endpoint = Endpoint(
        settings.second_opinion_url, settings.second_opinion_model, settings.second_opinion_key, settings.second_opinion_seconds
    )
    budget = Budget(settings.second_opinion_calls, settings.second_opinion_tokens)
    return SecondOpinion(deciding, endpoint, budget, service.fail)


def _never(_: Need, __: Decision) -> bool:
    return False


def configured_encoder(settings: MatchingSettings) -> Encoder:
    """The endpoint if one is named, or what is bundled."""
    if not settings.embedding_url:
        return RememberingEncoder(BundledEncoder())
    return RememberingEncoder(EndpointEncoder(
        settings.embedding_url, settings.embedding_model, settings.embedding_key,
        settings.embedding_query_prefix, settings.embedding_passage_prefix,
    ))  # fmt: skip


if __name__ == "__main__":
    run(build, MatchingSettings)
