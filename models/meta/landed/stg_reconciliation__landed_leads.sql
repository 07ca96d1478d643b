{{ unioned('leads', prefix='landed') }}
