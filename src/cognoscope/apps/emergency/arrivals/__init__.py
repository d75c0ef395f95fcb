"""Emergency arrivals, one to seven days ahead."""
