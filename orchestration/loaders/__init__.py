"""What Fivetran, Airbyte and dlt land of each vendor, as data: a TOML file for each of the two."""
