"""Who is this? Sign-in, sessions, and which requests may change something. Knows nothing of comments."""
