{{ unioned('campaigns') }}
