"""How the reader of drug labels was trained: the train half of TAC 2017 (US government, public), with a seed."""
