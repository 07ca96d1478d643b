"""The publication asset and the checks of the marts."""
