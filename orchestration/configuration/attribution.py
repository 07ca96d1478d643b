"""The attribution section of ``tributary.yaml``.

Belongs here: which models are computed and with which numbers. Does not belong here: the models
(``models/attribution``, ``orchestration/attribution``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from orchestration.configuration.strict import Strict
from orchestration.foundation.repository import read_seed

DEFAULT_LOOKBACK_DAYS: dict[str, float] = {
    "visit": 90,
    "ad_click": 90,
    "ad_view": 1,
    "email_click": 30,
    "form": 90,
    "content_download": 90,
    "chat": 90,
    "call": 180,
    "meeting": 180,
    "event": 180,
    "webinar": 180,
    "direct_mail": 180,
    "outreach": 180,
    "referral": 180,
    "sms": 90,
    "push": 90,
    "crm_record": 36500,
}
"""Days before a conversion in which a touch of a type may earn credit. ``email_open`` is absent:
opens come from image proxies as often as from people, so no open ever earns credit. A
``crm_record`` states the origin itself, which does not fade: 36,500 days means no limit.
"""


def known_attribution_models() -> list[str]:
    """The touch- and channel-level models that this version computes, in seed order."""
    return [row["attribution_model"] for row in read_seed("attribution_models")]


def _touch_type(value: str) -> str:
    if value == "email_open":
        raise ValueError("email_open never earns credit: opens are inflated by proxies")
    if value not in DEFAULT_LOOKBACK_DAYS:
        raise ValueError(
            f"unknown touch type {value!r}; known are: {', '.join(DEFAULT_LOOKBACK_DAYS)}"
        )
    return value


TOUCH_ROLES = ("first", "lead", "opportunity", "customer", "last", "middle")
"""Roles of a touch: the first, the last before each milestone, the last, and those between."""


def _touch_role(value: str) -> str:
    if value not in TOUCH_ROLES:
        raise ValueError(f"unknown role {value!r}; known are: {', '.join(TOUCH_ROLES)}")
    return value


class Attribution(Strict):
    """How credit is given (docs/attribution.md).

    Attributes:
        models: The models to compute; default: all models of this version.
        lookback_days: Touch type: days before the conversion in which it may earn credit.
        half_life_days: The half-life of ``time_decay``, in days.
        custom_weights: Weights of the ``custom`` model by role (``TOUCH_ROLES``), in any unit; a
            touch with several roles has their sum, and those without a role share the middle.
            Without weights the model does not exist.
        visit_minutes: The pause that ends a visit. Within one, what shows no origin of its own
            belongs to the touch before it.
        fold_hits: Whether hits of one visit that show the same origin are one touch.
        account_scope: Whether opportunity and customer conversions take the touches of every
            person of the account.
        lookback_restarts: Whether a later conversion of the same lead and type looks back only to
            the one before it.
        resamples: How often people are resampled for the 90 % intervals of the channel-level
            models; 0 leaves the intervals out.
        seed: The seed of those resamples: the same seed gives the same intervals.
        default_model: The model that ``marts.attribution`` shows; default: ``position_based`` where
            it is computed, else the first model that credits touches.
        default_basis: Whether ``marts.attribution`` has a credit in the month of its conversion,
            which agrees with the books, or of its touch.
    """

    models: list[str] = []
    lookback_days: dict[
        Annotated[str, AfterValidator(_touch_type)], Annotated[float, Field(gt=0, le=36_500)]
    ] = {}
    half_life_days: float = Field(default=7.0, gt=0, le=36_500)
    custom_weights: dict[
        Annotated[str, AfterValidator(_touch_role)],
        Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)],
    ] = {}
    visit_minutes: float = Field(default=30.0, ge=0, le=1440)
    fold_hits: bool = True
    account_scope: bool = True
    lookback_restarts: bool = False
    resamples: int = Field(default=200, ge=0, le=10_000)
    seed: int = Field(default=20, ge=0, le=2**31 - 1)
    default_model: str | None = None
    default_basis: Literal["conversion_date", "touch_date"] = "conversion_date"

    @field_validator("models")
    @classmethod
    def _models(cls, value: list[str]) -> list[str]:
        known = known_attribution_models()
        for name in value:
            if name not in known:
                raise ValueError(f"unknown model {name!r}; known are: {', '.join(known)}")
        if not value:
            raise ValueError("name at least one model")
        return list(dict.fromkeys(value))

    @model_validator(mode="before")
    @classmethod
    def _every_model(cls, data: dict[str, Any]) -> dict[str, Any]:
        """By default every model; ``custom`` is one only if it has weights."""
        return {
            "models": [
                name
                for name in known_attribution_models()
                if name != "custom" or data.get("custom_weights")
            ],
            **data,
        }

    @model_validator(mode="after")
    def _custom_has_weights(self) -> Self:
        if "custom" in self.models and not any(self.custom_weights.values()):
            raise ValueError("the model 'custom' needs custom_weights with one above 0")
        return self

    @model_validator(mode="after")
    def _default_is_computed(self) -> Self:
        """What people see first must exist, and be a model that credits touches."""
        crediting = self._crediting
        if self.default_model is not None and self.default_model not in crediting:
            raise ValueError(
                f"default_model {self.default_model!r} is not computed or credits no touches; "
                f"possible are: {', '.join(crediting) or 'none of the listed models'}"
            )
        return self

    @property
    def _crediting(self) -> list[str]:
        channel_level = {
            row["attribution_model"]
            for row in read_seed("attribution_models")
            if row["family"] == "channel"
        }
        return [name for name in self.models if name not in channel_level]

    @property
    def shown_model(self) -> str | None:
        """The model of ``marts.attribution``; ``None`` where no model credits touches."""
        if self.default_model is not None or "position_based" not in self._crediting:
            return self.default_model or next(iter(self._crediting), None)
        return "position_based"

    @property
    def lookbacks(self) -> dict[str, float]:
        """Every touch type that may earn credit, with its look-back in days."""
        return DEFAULT_LOOKBACK_DAYS | self.lookback_days
