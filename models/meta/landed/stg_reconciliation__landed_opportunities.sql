{{ unioned('opportunities', prefix='landed') }}
