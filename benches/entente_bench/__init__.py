"""What the programs in `benches/` share. Python standard library only."""
