"""The only place that sees identities: sources in, pseudonymised OMOP CDM 5.4 warehouse out."""
