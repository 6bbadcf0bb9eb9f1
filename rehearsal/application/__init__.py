"""The application of the rehearsal: it keeps the contract that the staged one promises."""
