{{ unioned('touchpoints', prefix='landed') }}
