"""Speed and memory, measured side by side with a reference in one run; never a timed test."""
