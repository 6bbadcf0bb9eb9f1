"""What each command of the stand-in supabase does; a module is imported when one is called."""
