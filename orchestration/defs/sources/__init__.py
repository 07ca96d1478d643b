"""One asset per stream, the boundary, and the sensor on the inbox."""
