{# The last value before the current row that is not null. #}
{% macro last_known(value, partition_by, order_by) -%}
    {{ return(adapter.dispatch('last_known', 'tributary')(value, partition_by, order_by)) }}
{%- endmacro %}

{% macro duckdb__last_known(value, partition_by, order_by) -%}
    last_value({{ value }} ignore nulls) over (
            partition by {{ partition_by }}
            order by {{ order_by }}
            rows between unbounded preceding and 1 preceding
        )
{%- endmacro %}

{% macro spark__last_known(value, partition_by, order_by) -%}
    last_value({{ value }}, true) over (
            partition by {{ partition_by }}
            order by {{ order_by }}
            rows between unbounded preceding and 1 preceding
        )
{%- endmacro %}
