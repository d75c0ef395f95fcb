"""Source codes become OMOP concepts where a vocabulary is loaded, and 0 ("no matching concept") elsewhere."""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

KNOWN_CODES = 50_000
MEMORY_LIMIT = "256MB"
NONE = (0, 0)


def _read_knowledge() -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
    genders: dict[str, int] = {}
    visits: dict[str, int] = {}
    vocabularies: dict[str, str] = {}
    with files("cognoscope.intake").joinpath("fhir_concepts.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["kind"] == "vocabulary":
                vocabularies[row["system"]] = row["concept"]
            else:
                (genders if row["kind"] == "gender" else visits)[row["code"]] = int(row["concept"])
    return genders, visits, vocabularies


GENDERS, VISITS, VOCABULARIES = _read_knowledge()
"""OMOP's standard concepts for FHIR's administrative codes, and its vocabulary for each code system's URI."""

FIND = """
WITH wanted AS (SELECT unnest($vocabularies) AS vocabulary_id, unnest($codes) AS concept_code)
SELECT
    vocabulary_id, concept_code,
    coalesce(max(concept_id) FILTER (WHERE standard_concept = 'S'), min(concept_id_2), 0), max(concept_id)
FROM wanted JOIN concept USING (vocabulary_id, concept_code) LEFT JOIN maps_to ON concept_id = concept_id_1
GROUP BY vocabulary_id, concept_code
"""


class Concepts:
    """Looks codes up in the `concept` and `concept_relationship` parts of the warehouse; remembers what it found."""

    def __init__(self, concept_files: Sequence[Path], relationship_files: Sequence[Path]) -> None:
        self._files = (concept_files, relationship_files)
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, source_values: Sequence[str | None]) -> list[tuple[int, int]]:
        """(standard concept, source concept) of each `system|code`, or unit; zeros where nothing matches."""
        if not self._files[0]:
            return [NONE] * len(source_values)
        unknown = [value for value in source_values if value is not None and value not in self._known]
        if unknown:
            if len(self._known) + len(unknown) > KNOWN_CODES:
                self._known.clear()
                unknown = [value for value in source_values if value is not None]
            self._known.update(dict.fromkeys(unknown, NONE))
            self._known.update(self._find(unknown))
        return [self._known[value] if value is not None else NONE for value in source_values]

    def _find(self, source_values: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        # Only a worker that meets codes of a loaded vocabulary needs the database.
        import duckdb

        by_code = {}
        for value in source_values:
            system, separator, code = value.rpartition("|")
            vocabulary = VOCABULARIES.get(system) if separator else "UCUM"
            if vocabulary is not None:
                by_code[vocabulary, code] = value
        concept, relationship = ([str(path) for path in paths] for paths in self._files)
        with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "autoinstall_known_extensions": False}) as database:
            database.read_parquet(concept).create_view("concept")
            maps_to = "SELECT 0::BIGINT AS concept_id_1, 0::BIGINT AS concept_id_2 WHERE false"
            if relationship:
                database.read_parquet(relationship).create_view("concept_relationship")
                maps_to = (
                    "SELECT concept_id_1, concept_id_2 FROM concept_relationship "
                    "WHERE relationship_id = 'Maps to' AND coalesce(invalid_reason, '') = ''"
                )
            database.execute(f"CREATE VIEW maps_to AS {maps_to}")
            parameters = {"vocabularies": [key[0] for key in by_code], "codes": [key[1] for key in by_code]}
            found = database.execute(FIND, parameters).fetchall()
        return {by_code[vocabulary, code]: (standard, source) for vocabulary, code, standard, source in found}
