{# Models that weigh touches by the roles they play in a journey; weights are those of the seed
   attribution_models, for `custom` those of the configuration. #}
{% macro role_models() -%}
    {{ return([
        'first_touch', 'last_touch', 'linear', 'position_based', 'j_shaped', 'inverse_j',
        'u_lead', 'w_shaped', 'full_path', 'custom',
    ]) }}
{%- endmacro %}

{# Models that need nothing but the journey itself: one column each in the wide tables. #}
{% macro journey_models() -%}
    {{ return(role_models() + [
        'time_decay', 'last_non_direct', 'first_non_direct', 'last_paid', 'first_paid',
        'shapley_coverage',
    ]) }}
{%- endmacro %}

{# Every model that credits touches; markov_path weighs them by what all journeys say together. A
   unit test compares these lists with the seed. #}
{% macro touch_level_models() -%}
    {{ return(journey_models() + ['markov_path']) }}
{%- endmacro %}

{# Models that credit lead sources and lead channels as a whole. #}
{% macro channel_level_models() -%}
    {{ return(['markov', 'markov_2', 'shapley_rate']) }}
{%- endmacro %}

{# The roles that the seed has a weight for; what no role holds is the middle. #}
{% macro touch_roles() -%}
    {{ return(['first', 'lead', 'opportunity', 'customer', 'last']) }}
{%- endmacro %}

{# The weight that the roles of a touch add up to under a model; null where it plays none that the
   model knows. Needs the columns `plays_<role>` and the parameters `<model>_<role>`. #}
{% macro weight_of_roles(model) -%}
    case
        when
            coalesce(
                {%- for role in touch_roles() %}
                case when plays_{{ role }} then {{ model }}_{{ role }} end
                {%- if not loop.last %},{% endif %}
                {%- endfor %}
            ) is not null
            then cast(
                {%- for role in touch_roles() %}
                case when plays_{{ role }} then coalesce({{ model }}_{{ role }}, 0) else 0 end
                {%- if not loop.last %} +{% endif %}
                {%- endfor %}
                as decimal(18, 17)
            )
    end
{%- endmacro %}
