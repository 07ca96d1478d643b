"""The content of ``tributary explain``, derived only from the published file."""
