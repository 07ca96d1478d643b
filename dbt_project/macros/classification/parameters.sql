{# The names of landing-page parameters that mean something to us, as alternatives of a regular
   expression. They are written into the query as a constant, because a pattern read from a table
   is compiled again for every row; a test compares them with the seed landing_parameters. #}
{% macro landing_parameters() -%}
    utm_source|utm_medium|utm_campaign|utm_term|utm_content|mtm_source|pk_source|mtm_medium|pk_medium|mtm_campaign|pk_campaign|mtm_kwd|pk_kwd|mtm_keyword|pk_keyword|mtm_content|pk_content|utm_id|mtm_cid|pk_cid|gad_campaignid|hsa_cam|gclid|gbraid|wbraid|dclid|msclkid|fbclid|igshid|igsh|li_fat_id|ttclid|twclid|epik|sccid|rdt_cid|qclid|ndclid|yclid|tblci|dicbo|obclid|irclickid|awc|cjevent|tduid|sscid|ef_id|gad_source|gclsrc|s_kwcid|vmcid|rtid|mkwid|pcrid|mkcid|ransiteid|raneaid|hsa_acc|hsa_grp|hsa_ad|hsa_src|hsa_net|hsa_tgt|hsa_kw|hsa_mt|hsa_ver|gdftrk|gdfms|gdffi|mc_cid|mc_eid|_ke|_kx|nb_klid|_hsenc|_hsmi|mkt_tok|dm_i|trk_contact|trk_msg|trk_module|trk_sid|_bta_tid|_bta_c|redirect_log_mongo_id|redirect_mongo_id|sb_referer_host|elqtrackid|elqtrack|sfmc_sub|sfmc_id|sfmc_activityid|et_rid|pi_list_email|oly_enc_id|oly_anon_id|vero_id|vero_conv|ml_subscriber|ml_subscriber_hash|ck_subscriber_id|_cio_id|omnisendcontactid|bsft_eid|bsft_clkid|bsft_uid|_bhlid|_se|emci|emdi|vgo_ee|_sthru|__s|sms_click|sms_source|sms_uph|srsltid|ysclid
{%- endmacro %}

{# A landing page with every separator before a parameter that means something written as &, and
   the = after it. Links are written by hand, by redirectors and by mail tools: `;`, `&amp;`, and
   separators that were percent-encoded once or more. ? and # stay: each begins a set of its own. #}
{% macro page_with_plain_separators(column) -%}
    {{ regex_replace(
        column,
        "'(?i)(?:([?#])|[&;]|%(?:25)*(?:26|3b|3f|23))(?:amp(?:;|%3b))?("
        ~ landing_parameters() ~ ")(?:=|%(?:25)*3d)'",
        "'" ~ regex_group(1) ~ "&" ~ regex_group(2) ~ "='"
    ) }}
{%- endmacro %}

{# A value as people wrote it, also where it was encoded twice. #}
{% macro fully_decoded(column) -%}
    {{ url_decoded_if_encoded(url_decoded(column)) }}
{%- endmacro %}

{# True for a template that was never filled in: an opening brace as in {gclid}, ${x} and #{x}, %%x%%,
   [x], <x>, __X__, $x$, %x%, *|X|*, @@x@@. #}
{% macro is_template(column) -%}
    (
        substring(trim({{ column }}), 1, 1) in ('{', '<')
        or substring(trim({{ column }}), 1, 2) in ('${', '#{', '%{', '%%', '*|', '@@')
        or trim({{ column }}) like '[%]'
        or trim({{ column }}) like '$%$'
        or trim({{ column }}) like '!%%!%' escape '!'
        or trim({{ column }}) like '!_!_%!_!_' escape '!'
    )
{%- endmacro %}

{# False for null, for a template, and for what tools write instead of nothing. #}
{% macro says_something(column) -%}
    (
        trim({{ column }}) <> ''
        and not {{ is_template(column) }}
        and lower(trim({{ column }})) not in (
            'null', 'none', '(none)', 'undefined', 'unknown', 'direct', '(direct)', 'nil', 'nan', 'na',
            'n/a', 'not set', '(not set)', 'not_set', 'notset', '(not provided)', 'not provided',
            '(not available)', 'not available', 'empty', '(empty)', 'blank', 'false', 'true', '-', '_', '.',
            '--', '?', '[object object]'
        )
    )
{%- endmacro %}

{% macro something_or_null(column) -%}
    case when {{ says_something(column) }} then {{ column }} end
{%- endmacro %}
