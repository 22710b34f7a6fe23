"""What moderators may do, and the record of what they did."""
