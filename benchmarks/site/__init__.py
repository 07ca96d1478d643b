"""The documentation as a site: docs/, and every model with its columns and where they come from."""
