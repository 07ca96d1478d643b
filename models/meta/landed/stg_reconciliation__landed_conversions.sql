{{ unioned('conversions', prefix='landed') }}
