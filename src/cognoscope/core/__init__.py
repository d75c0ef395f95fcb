"""The six nouns (Case, Application, Proposal, Review, Outcome, Ledger) and nothing of hospitals or web."""
