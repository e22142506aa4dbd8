"""Files and large pastes are read in a process of their own, with limits of memory, time and output: `child` is that process,
`parent` starts it and tells what became of it (decision 0022)."""
