"""*Thống kê*: figures, the lists behind them, reports."""
