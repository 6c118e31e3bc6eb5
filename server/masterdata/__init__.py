"""Items, units, identifiers, locations, bins, reasons and the company's set-up."""
