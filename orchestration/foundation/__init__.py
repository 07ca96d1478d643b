"""What every room may use: errors, disk, durable writes, SQL, currencies, fault points, seeds."""
