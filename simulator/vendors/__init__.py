"""One HTTP renderer per vendor: the demo world in the vendor's own wire format."""
