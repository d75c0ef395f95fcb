"""The images of the demonstration hospital: studies of this morning, and what is proposed on them."""
