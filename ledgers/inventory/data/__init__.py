"""Tables of the inventory book: sub-sectors, industries, lines of an energy balance."""
