"""Reading of the warehouse's reports: NOTE in, NOTE_NLP out, each report once a version of what reads it."""
