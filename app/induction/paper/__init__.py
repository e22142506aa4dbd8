"""The paper's own steps that the recipe `traits` replaces, kept for comparison."""
