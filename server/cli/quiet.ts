// Imported first by programs for a terminal: the structured log belongs to the daemon's output.
process.env.DREY_LOG_LEVEL ??= 'silent';
