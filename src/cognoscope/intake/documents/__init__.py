"""Reports of a hospital, as files or as a table of texts, into the warehouse's `note` without their identities."""
