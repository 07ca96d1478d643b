{{ unioned('ad_spend') }}
