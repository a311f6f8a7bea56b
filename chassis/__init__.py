"""What every service stands on: ledger, bus, store, health. Imports contracts only."""

from .ids import new_id, short_code
from .service import Service, run
from .settings import Settings
from .store import Repository
from .work import Cause, Conflict, UnitOfWork

__all__ = ["Cause", "Conflict", "Repository", "Service", "Settings", "UnitOfWork", "new_id", "run", "short_code"]
