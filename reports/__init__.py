"""What people read: statements, bulletins, disclosures."""
