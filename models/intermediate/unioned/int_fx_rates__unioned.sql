{{ unioned('fx_rates') }}
