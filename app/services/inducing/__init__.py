"""From choices to a persona: runs asked for and carried out, the same on files, the persona as it is shown."""
