"""Tables, sessions, encryption at rest, and one module of queries a room."""
