"""Running a job in this process: taking turns, tidying up, showing progress."""
