"""How to reach who helps."""

from pydantic import BaseModel, Field


class Reach(BaseModel):
    """Where an organisation can be visited, rung or written to. It is a directory's data: a private person's is never here."""

    address: str | None = Field(None, description="Street and number, postal code and city, on one line (HSDS `addresses`).")
    phone: str | None = Field(None, description="Phone number as people read it (HSDS `phones`).")
    email: str | None = Field(None, description="Mail address (HSDS `email`).")
    url: str | None = Field(None, description="Web page, http or https (HSDS `url`).")
