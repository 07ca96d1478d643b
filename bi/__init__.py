"""What BI tools are given besides the published data."""
