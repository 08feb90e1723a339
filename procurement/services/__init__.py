"""What purchasing and the warehouses do. Every function is one transaction and leaves its history."""
