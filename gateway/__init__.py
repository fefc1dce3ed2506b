"""The front door: HTTP routes, middleware and the workers behind them. No rules of the product, no SQL."""
