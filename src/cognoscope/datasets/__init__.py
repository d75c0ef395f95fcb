"""Registry of public reference data: official address, licence, checksum, reader."""
