"""SQL of the clients that we are at servers which people named. `ClientStore` is `auth.MastodonSetup`'s store."""

from __future__ import annotations

import sqlalchemy as sa

from auth import StoredClient
from widget.db import Database, Tx, add_unless_there
from widget.models import clients


class ClientStore:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def get_client(self, server: str) -> StoredClient | None:
        return await self._db.read(get_client, server)

    async def set_client(self, client: StoredClient, replaced: str) -> bool:
        return await self._db.write(set_client, client, replaced)


def get_client(tx: Tx, server: str) -> StoredClient | None:
    columns = (clients.c[name] for name in StoredClient._fields)
    row = tx.conn.execute(sa.select(*columns).where(clients.c.server == server)).one_or_none()
    return StoredClient(*row) if row else None


def set_client(tx: Tx, client: StoredClient, replaced: str) -> bool:
    if add_unless_there(tx, clients, client._asdict(), index=("server",)):
        return True
    where = (clients.c.server == client.server, clients.c.client_id == replaced)
    return tx.conn.execute(sa.update(clients).where(*where).values(client._asdict())).rowcount == 1
