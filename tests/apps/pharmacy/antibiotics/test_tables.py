"""The tables of rules: each row whole, sourced, dated, and about something that exists."""

import re

import pytest

from cognoscope.apps.pharmacy.antibiotics.tables import agent_rows, listed, rows

EVERY = ("infections", "agents", "germs", "likely", "regimens", "renal", "cross", "inference")
UNITS = {"g", "mg", "mg/kg", "mg/kg/day", "g/day", "MUI"}
CONDITION = re.compile(r"^[a-z_]+(=|!=|<|>=)[a-z0-9]+$")


@pytest.mark.parametrize("name", EVERY)
def test_every_row_says_where_it_comes_from_and_when(name: str):
    found = rows(name)
    assert found
    for row in found:
        assert row["source"].strip() and re.fullmatch(r"(19|20)\d\d", row["date"]), row
        assert None not in row and None not in row.values(), f"a cell too many or too few: {row}"


def test_rules_are_about_infections_agents_and_germs_that_exist():
    infections = {row["code"] for row in rows("infections")}
    ids = [row["id"] for row in rows("regimens")]
    assert len(set(ids)) == len(ids)
    for row in rows("regimens"):
        assert row["infection"] in infections and row["on"] in ("yes", "no")
        assert row["phase"] in ("empirical", "documented") and row["route"] in ("oral", "iv")
        assert set(listed(row["severity"])) <= {"mild", "moderate", "severe"} and listed(row["severity"])
        assert row["acquired"] in ("", "community", "hospital")
        agents = listed(row["agents"])
        assert agents and set(agents) <= agent_rows().keys(), row["id"]
        assert len(agents) == len(listed(row["dose"])) == len(listed(row["unit"])) == len(listed(row["per_day"]))
        assert set(listed(row["unit"])) <= UNITS, row["id"]
        assert all(re.fullmatch(r"\d+(\.\d+)?(-\d+(\.\d+)?)?", dose) for dose in listed(row["dose"])), row["id"]
        assert 1 <= int(row["days_min"]) <= int(row["days_max"]) <= 90 and 1 <= int(row["line"]) <= 20
        assert bool(row["note_fr"]) == bool(row["note_en"]), row["id"]
        assert all(CONDITION.match(part) for part in row["needs"].split(";") if part), row["id"]


def test_every_infection_has_a_rule_and_every_agent_is_used():
    assert {row["infection"] for row in rows("regimens")} == {row["code"] for row in rows("infections")}
    used = {agent for row in rows("regimens") for agent in listed(row["agents"])}
    assert {row["agent"] for row in rows("renal")} <= agent_rows().keys()
    assert used <= agent_rows().keys()


def test_weights_of_likely_germs_add_up():
    total: dict[tuple[str, str], float] = {}
    for row in rows("likely"):
        key = (row["infection"], row["acquired"])
        total[key] = total.get(key, 0) + float(row["weight"])
    assert total and all(abs(one - 1) < 1e-9 for one in total.values()), total


def test_renal_rows_of_an_agent_do_not_overlap():
    held: dict[str, list[tuple[float, float]]] = {}
    for row in rows("renal"):
        low, high = float(row["at_least"]), float(row["below"])
        assert low < high and row["action"] in ("adapt", "exclude")
        assert all(high <= other[0] or other[1] <= low for other in held.get(row["agent"], [])), row
        held.setdefault(row["agent"], []).append((low, high))


def test_what_a_condition_asks_about_is_a_question():
    asked = {row["fact"] for row in rows("questions")}
    for row in (*rows("regimens"), *rows("likely")):
        for part in filter(None, row["needs"].split(";")):
            assert re.split(r"!=|>=|=|<", part)[0] in asked, row


def test_answers_to_a_question_are_weighed_and_at_most_one_is_assumed():
    facts = {row["fact"] for row in rows("questions")} - {"germ", "susceptibility"}
    for fact in facts:
        mine = [row for row in rows("questions") if row["fact"] == fact]
        assert sum(float(row["weight"]) for row in mine) == pytest.approx(1), fact
        assert sum(row["assumed"] == "yes" for row in mine) <= 1, fact


def test_allergies_exclude_at_least_the_class_itself():
    for row in rows("cross"):
        assert row["action"] in ("exclude", "caution")
    for allergen in {row["allergen"] for row in rows("cross")}:
        for reaction in ("immediate-severe", "immediate-mild", "delayed-severe", "delayed-mild", "unknown"):
            own = [
                r for r in rows("cross") if (r["allergen"], r["reaction"], r["to"]) == (allergen, reaction, allergen)
            ]
            assert [row["action"] for row in own] == ["exclude"], (allergen, reaction)
