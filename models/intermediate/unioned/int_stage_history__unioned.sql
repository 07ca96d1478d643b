{{ config(enabled=delivered('stage_history')) }}

{{ unioned('stage_history') }}
