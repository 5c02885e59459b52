"""Progress: counts, rates, forecasts, metrics."""
