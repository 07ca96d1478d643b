{# What kind of identifier a node of the identity graph is. The loader marks the hash of a role
   mailbox (`info@`), so that it can be told from a person's address. #}
{% macro identifier_type(node) -%}
    case
        when {{ node }} like 'lead:%' then 'lead'
        when {{ node }} like 'email:role:%' then 'role_mailbox'
        when {{ node }} like 'email:%' then 'email'
        when {{ node }} like 'user:%' then 'user'
        when {{ node }} like 'visitor:%' then 'visitor'
        when {{ node }} like 'click:%' then 'click'
        when {{ node }} like 'phone:%' then 'phone'
        else 'none'
    end
{%- endmacro %}
