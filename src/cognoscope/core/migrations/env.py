"""Run by Alembic: upgrades on the connection, and in the transaction, that `cognoscope.core.database` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
