{{ unioned('costs', prefix='landed') }}
