"""Running a job in this process: taking turns, cleaning up, showing progress."""
