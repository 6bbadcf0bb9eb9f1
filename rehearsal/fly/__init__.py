"""The Fly half of the rehearsal: a small platform with real machines, and a stand-in flyctl."""
