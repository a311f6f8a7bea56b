"""The store of one machine ends what the dead left open."""

import asyncio
import subprocess
import sys
from typing import Any

from pymongo.errors import OperationFailure

from chassis.store import Client, connect
from tests.kit.infra import Store
from tests.kit.waiting import eventually

DIES_IN_THE_MIDDLE = """
import os, sys
from pymongo import MongoClient
client = MongoClient(sys.argv[1])
session = client.start_session()
session.start_transaction()
client.db.things.update_one({"_id": 1}, {"$set": {"by": "the dead"}}, session=session)
os._exit(9)
"""


async def test_what_the_dead_left_open_holds_nobody_up_for_long(store: Store) -> None:
    client = connect(store.url)
    try:
        things = client["db"]["things"]
        await things.insert_one({"_id": 1})
        dead = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIES_IN_THE_MIDDLE, store.url])
        assert dead.returncode == 9
        assert await eventually(lambda: _changed(client, things), timeout=20)
        assert (await things.find_one({"_id": 1}) or {})["by"] == "the living"
    finally:
        await client.close()


async def _changed(client: Client, things: Any) -> bool:
    try:
        async with client.start_session() as session, await session.start_transaction():
            await things.update_one({"_id": 1}, {"$set": {"by": "the living"}}, session=session)
    except OperationFailure:
        return False
    return True
