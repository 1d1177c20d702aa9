"""What `palaver demo` adds to the service: a blog, people to sign in as, and a thread to read."""
