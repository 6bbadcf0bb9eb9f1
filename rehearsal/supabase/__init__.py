"""The Supabase half of the world: PostgreSQL servers, Management API, Auth, and its program."""
