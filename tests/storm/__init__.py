"""The whole product under faults: real workers, scheduler, broker and database, killed while they work."""
