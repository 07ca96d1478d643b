{{ unioned('email_engagement') }}
