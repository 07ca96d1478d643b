"""The declaration language of connectors: what a stream is.

Belongs here: the types that describe a vendor's endpoint, its records and its rules.
Does not belong here: HTTP (``extract``), SQL (``loading``), or any one vendor's facts
(``connectors/<vendor>.py``).

Four topics have their own files: the fields of a record in ``field``, CSV, throttles and refusals
in ``answer``, asynchronous reports in ``report``, token requests in ``auth``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from orchestration.connectors.answer import Csv, ErrorCode, Throttle
from orchestration.connectors.auth import TokenRequest
from orchestration.connectors.field import Field
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.report import Report


class Kind(StrEnum):
    """How a stream's slices relate to the truth at the vendor (docs/architecture.md)."""

    REPORT = "report"
    """Figures per day that the vendor restates; the newest slice covering a day wins."""
    ENTITY_SNAPSHOT = "entity_snapshot"
    """The full list each time; history is kept because names change."""
    ENTITY_CHANGES = "entity_changes"
    """Records modified since a moment, read with overlap; the newest version of a key wins."""
    EVENT = "event"
    """Immutable events, read with overlap and de-duplicated by natural key."""


class Paging(StrEnum):
    """How an endpoint hands out its pages."""

    NONE = "none"
    """One answer holds everything (Google Ads searchStream, Matomo with a limit)."""
    OFFSET = "offset"
    """``offset_param``/``limit_param``; the total at ``total_path`` (Mailchimp)."""
    CURSOR = "cursor"
    """A cursor at ``cursor_path`` of the answer, or in its header ``cursor_header``, goes into
    ``cursor_param`` (HubSpot; Salesforce Bulk)."""
    NEXT_URL = "next_url"
    """The next page's URL is at ``cursor_path`` (Klaviyo, Meta, Salesforce), or in the header
    ``cursor_header``.
    """
    LAST_ID = "last_id"
    """Sorted by id; the last id of a page goes into the next request through ``{last_id}``.
    For searches that stop at 10,000 results (HubSpot)."""


@dataclass(frozen=True, slots=True)
class Pager:
    """The paging of one endpoint. Parameters go to the query, or to the body for a POST.

    Attributes:
        paging: How pages follow each other.
        page_size: How many records to request, when there is a ``limit_param``.
        limit_param: The parameter that limits a page.
        offset_param: For OFFSET.
        total_path: Where the answer states the total number of records.
        cursor_param: For CURSOR.
        cursor_path: For CURSOR and NEXT_URL: where the body holds the cursor.
        cursor_header: The header that holds it instead. Of ``Link`` the target with ``rel=next`` is
            taken, of any other header the whole value.
        cursor_end: Values that mean "no further page" (Salesforce Bulk writes ``null``). When
            given, an answer without any cursor is incomplete.
        id_path: For LAST_ID.
    """

    paging: Paging = Paging.NONE
    page_size: int = 100
    limit_param: str = ""
    offset_param: str = ""
    total_path: str = ""
    cursor_param: str = ""
    cursor_path: str = ""
    cursor_header: str = ""
    cursor_end: tuple[str, ...] = ()
    id_path: str = "id"


@dataclass(frozen=True, slots=True)
class Parent:
    """Requests made once per record of another stream (or once per chunk of its ids).

    Attributes:
        stream: The parent stream of the same connector; extracted before this one.
        id_path: Where the id is in the parent's record.
        chunk: 1: one request per id, with ``{parent_id}`` in the path or parameters.
            More: one request per that many ids, with ``{parent_ids}`` in the body, replaced by
            a list of ``{"id": ...}``.
        since_path: When set, only parents whose time at this path is at or after the window's start
            less ``since_days`` are read (a campaign is clicked for weeks).
        since_days: See ``since_path``.
        begins: When given, only ids that begin with one of these are read (LinkedIn's creatives
            refer to posts, and to messages that are none).
    """

    stream: str
    id_path: str = "id"
    chunk: int = 1
    since_path: str = ""
    since_days: int = 45
    begins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """A stream requested in parts, because the vendor limits the fields per request.

    Each part requests its own fields and the key's, through ``{fields}``; the answers are merged by
    key before anything lands. The merged records of one request are held in memory, so ``max_days``
    should bound them. Two records of one part with the same key are an error, and so is a record
    without one. Two parts that disagree about the same field are read again; if they still
    disagree, that is an error.

    Attributes:
        size: The most fields a part requests, besides the key's.
        key: Paths whose values together identify a record (LinkedIn: ``pivotValues``,
            ``dateRange``).
        same_rows: How to treat a key that one part has and another lacks. False: the vendor leaves
            out empty rows (LinkedIn: all requested figures are zero), so the record keeps the
            fields of the other parts and lacks the rest; declare such fields
            ``omitted_when_empty``. True: every part must have the same keys, else it is an error.
    """

    size: int
    key: tuple[str, ...]
    same_rows: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """Which fields may be read, where that depends on the account and the user (Salesforce).

    The stream then requests the fields that are described, in the vendor's spelling, and its
    records have them in the declared one. A field that is not ``omitted_when_empty`` and not
    described is an error.

    Attributes:
        request: The request for the description.
        names: Where its answer names the fields, ``*`` for each element (``fields.*.name``).
    """

    request: Request
    names: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account, requested before its records.

    For vendors that answer without records to whoever may not read them (LinkedIn): what refuses
    the account refuses the stream, so that no empty answer replaces figures.

    Attributes:
        request: The request for the account, sent once per account and extraction.
        values: What its answer says of every record, ``{placeholder: path}``; each must be there.
    """

    request: Request
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Larger:
    """Another way to the same records, for answers that are too long for the usual one.

    It is taken where the first page states a larger total, or the vendor says that the answer is
    too much at once. Fewer records than were stated are an error in the usual way.

    Attributes:
        total_path: Where an answer states how many records there are.
        above: The largest total that is read in the usual way.
        request: The other way.
    """

    total_path: str
    above: int
    request: Request


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a list inside a record goes on when one answer holds only its beginning.

    Attributes:
        items: Path of the list in the record.
        cursor_path: Where the record holds the cursor of the list's next page; absent at its end.
        id_path: Where the record holds its id.
        request: The request for the rest, with the placeholders ``{record_id}`` and ``{cursor}``;
            its records are further elements of the list.
    """

    items: str
    cursor_path: str
    id_path: str
    request: Request


@dataclass(frozen=True, slots=True)
class Request:
    """How to ask for a stream.

    ``path``, and every text in ``params`` and ``body``, may hold placeholders, each replaced by a
    value and never evaluated: ``{account_id}``, ``{window_start_date}``, ``{window_end_date}``
    (the last day inside the window), ``{window_start_iso}``, ``{window_end_iso}``,
    ``{window_start_millis}``, ``{window_end_millis}``, ``{window_start_seconds}``,
    ``{window_end_seconds}``, ``{window_start_year}``, ``{window_start_month}``,
    ``{window_start_day}`` and the same of ``window_end`` (the last day inside), ``{parent_id}``,
    ``{last_id}``, ``{option:NAME}`` (from the connector's configuration), ``{fields}`` (the
    vendor's names of the stream's fields, the first key of each path), and ``{report_id}`` and
    ``{report_url}`` once a report has them. In a JSON body, a text that is only ``{fields}``
    becomes a list, and one that is only a year, month or day becomes a number; elsewhere the names
    are joined by commas.

    Attributes:
        path: Below the connector's base URL. It may have its own query, which is sent exactly as
            written: LinkedIn refuses encoded parentheses and commas.
        method: GET or POST.
        params: Query parameters.
        body: JSON body of a POST (a form body when ``form`` is true).
        form: Send ``body`` as ``application/x-www-form-urlencoded``.
        records: Path to the records in the answer, keys joined by dots, ``*`` for "each element"
            (``*.results.*`` for Google's array of chunks); empty: the answer is the list; ``$``: it
            is the one record (an account at Meta).
        empty_beside: What an answer without records still has where the vendor leaves their place
            out (Search Console: ``responseAggregationType``). Without it, and in any other answer,
            the absence of that place is an error.
        pager: Paging.
        parent: Set when the stream is requested once per record of another one.
        copy: Values of the answer or the request that every record gets, as
            ``{key in the record: placeholder or path}``; ``{parent_id}`` or ``$.path``.
        max_days: The longest window that the endpoint answers at once; longer windows are requested
            in parts and still land as one slice (Google's click_view: 1).
        not_found_is_empty: A 404 means "nothing" (a report of a deleted campaign, an object that
            the user may not see).
        forbidden_is_empty: A 403 means that this object's details are not for the user, who needs
            them for nothing else (the post of an ad).
        pairs: Lists of ``{"name": ..., "value": ...}`` in a record that every record also gets as
            an object, ``{key in the record: path of the list}``, so that fields can name its keys
            (the answers to a HubSpot form). The first of equal names wins. Where an element has a
            list of ``values`` (Meta), they are one text, separated by semicolons.
        newest_first: Path of the moment by which the endpoint sorts its records, newest first, when
            it cannot filter: paging stops after the first page that holds one from before the
            window (HubSpot's form submissions).
        positions: Names for the positions of lists, ``{path of the list: names}``; each record gets
            the values under those names (Search Console's ``keys``).
        dates: Days that are objects of a year, a month and a day, ``{key in the record: path}``;
            each record gets them as ISO 8601 (LinkedIn's ``dateRange.start``).
        cut_off_at: The vendor silently cuts answers off at this many records (LinkedIn: 15,000), so
            such an answer is not taken: its days are asked for again in halves. That a single day
            reaches it is an error.
        parts: When the fields do not fit into one request.
        report: When the request only submits a report, which is then waited for.
        csv: When the answer is CSV and not JSON.
        packed: The answer is a file that may be packed with gzip, or be a zip archive with one file
            in it; its first bytes show which. It is unpacked within caps.
        headers: Sent with this request, besides the connector's.
        rest: Where a list inside a record goes on. Without it, a record with a next page of its own
            is an error.
        errors: Path of the errors in an answer with a good status: a batch of which the vendor
            could not read a part. Any is an error whose cause is not excused.
        error_cause: Where one of them holds its cause.
        excused: Causes that mean "nothing there".
        described: When the vendor must first be asked which fields may be read.
        larger: How to read an answer that is too long.
        account: What must be asked first of the account whose records these are.
    """

    path: str
    method: str = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: bool = False
    records: str = ""
    empty_beside: str = ""
    pager: Pager = field(default_factory=Pager)
    parent: Parent | None = None
    copy: Mapping[str, str] = field(default_factory=dict)
    max_days: int = 0
    not_found_is_empty: bool = False
    forbidden_is_empty: bool = False
    pairs: Mapping[str, str] = field(default_factory=dict)
    newest_first: str = ""
    positions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    cut_off_at: int = 0
    parts: Parts | None = None
    report: Report | None = None
    csv: Csv | None = None
    packed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    rest: Rest | None = None
    errors: str = ""
    error_cause: str = ""
    excused: tuple[str, ...] = ()
    described: Described | None = None
    larger: Larger | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """One endpoint's records: how Tributary reads, checks and keeps them.

    Attributes:
        name: snake_case; the table is ``raw.<connector>__<name>``.
        description: What one record is, ending in the grain.
        kind: How slices relate to the truth.
        request: How to request them.
        fields: What is kept. Everything else in a record is recorded as an unknown field unless
            listed in ``ignored``.
        natural_key: Field names that identify a record (a day's report row: all its dimensions).
        day_field: For reports: the DATE field that windows apply to.
        lookback_days: How many days a daily run reads again (vendors restate: 30 for Google, 28 for
            Meta).
        overlap_hours: For events and changes: how far before the last slice a run starts.
        max_history_days: How far back the vendor's data goes (0: no limit; click_view: 90).
        ignored: Keys that are known but not kept; nested ones as dotted paths.
        per_account: False when one answer covers every account.
        one_of: Fields of which each record needs at least one, else ``missing_key``.
        one_column_of: For files: columns of which a file needs at least one; a record may have
            none.
        money: The field that holds a record's money; in millionths where its name ends in
            ``_micros``.
        touches: Records are what people did. Of a person who is erased each stays, alone; other
            records of one id stay together.
        refusals: How a record says that its person refused marketing.
    """

    name: str
    description: str
    kind: Kind
    request: Request
    fields: tuple[Field, ...]
    natural_key: tuple[str, ...]
    day_field: str = ""
    lookback_days: int = 30
    overlap_hours: int = 72
    max_history_days: int = 0
    ignored: tuple[str, ...] = ()
    per_account: bool = True
    one_of: tuple[str, ...] = ()
    one_column_of: tuple[str, ...] = ()
    money: str = ""
    touches: bool = False
    refusals: tuple[Refusal, ...] = ()


class Auth(StrEnum):
    """How requests are authenticated; secrets come from the connector's configuration.

    All OAUTH kinds request an access token when first needed and, once per request, after a 401; a
    second 401 fails at once.
    """

    NONE = "none"
    BEARER = "bearer"
    """``Authorization: Bearer <secret>``."""
    BASIC = "basic"
    """HTTP Basic with any user and the secret as password (Mailchimp)."""
    OAUTH_REFRESH = "oauth_refresh"
    """A refresh token is exchanged at ``token_path`` (Google, HubSpot, Microsoft, LinkedIn). When
    the vendor answers with a new refresh token, it is kept for later runs.
    """
    OAUTH_CLIENT = "oauth_client"
    """Client credentials are exchanged at ``token_path`` (Salesforce)."""
    OAUTH_JWT = "oauth_jwt"
    """An assertion that a private key signs is exchanged at ``token_path`` (Salesforce, Google's
    service accounts)."""
    HEADER = "header"
    """``headers`` of the connector hold it, as ``{secret:NAME}`` (Klaviyo, TikTok)."""
    BODY_TOKEN = "body_token"
    """The secret goes into the POST body as ``token_param`` (Matomo 5)."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Another way to sign in to a vendor; a company chooses it by configuring its secrets.

    Attributes:
        auth: How requests are authenticated.
        secrets: The configuration keys that hold its secrets; all are needed.
        token_request: What else the token request contains.
    """

    auth: Auth
    secrets: tuple[str, ...]
    token_request: TokenRequest = field(default_factory=TokenRequest)


@dataclass(frozen=True, slots=True)
class Connector:
    """One vendor.

    Attributes:
        name: snake_case, as in ``tributary.yaml``.
        title: The name as people write it.
        base_url: The vendor's own; the configuration may override it.
        api_version: Recorded in every slice.
        auth: How to authenticate.
        secrets: The configuration keys that hold secrets. BEARER, BASIC and BODY_TOKEN need only
            the first. OAUTH_REFRESH needs ``client_id``, ``client_secret`` and ``refresh_token``,
            OAUTH_CLIENT the first two, OAUTH_JWT what its assertion names.
        options: Further configuration keys and their defaults (``None``: must be given).
        streams: In extraction order.
        headers: Sent with every request; placeholders as in ``Request``, and ``{secret:NAME}``.
        token_path: For the OAUTH kinds; an absolute URL, or a path below the base URL.
        token_request: What else the token request contains.
        token_param: For BODY_TOKEN.
        sign_ins: Further ways to sign in, besides ``auth`` with ``secrets``.
        throttles: Codes in a body that mean "try again later".
        error_codes: Codes in the body of a refusal that say more than its status.
        error_path: Where the body of a 200 reports an error (Matomo: ``result`` = ``error``).
        error_values: The values at ``error_path`` that mean failure.
        connections: How many requests may run at once (Mailchimp: 10).
        ping: A cheap request for ``tributary doctor``.
    """

    name: str
    title: str
    base_url: str
    api_version: str
    auth: Auth
    secrets: tuple[str, ...]
    streams: tuple[Stream, ...]
    ping: Request
    options: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    token_path: str = ""
    token_request: TokenRequest = field(default_factory=TokenRequest)
    token_param: str = ""
    sign_ins: tuple[SignIn, ...] = ()
    throttles: tuple[Throttle, ...] = ()
    error_codes: tuple[ErrorCode, ...] = ()
    error_path: str = ""
    error_values: tuple[str, ...] = ()
    connections: int = 4

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """The secrets without which no request can be sent."""
        match self.auth:
            case Auth.NONE:
                return ()
            case Auth.BEARER | Auth.BASIC | Auth.BODY_TOKEN:
                return self.secrets[:1]
            case _:
                return self.secrets

    @property
    def ways_to_sign_in(self) -> tuple[Connector, ...]:
        """The connector as it signs in by each of its ways; its own comes first."""
        further = (
            replace(self, auth=way.auth, secrets=way.secrets, token_request=way.token_request)
            for way in self.sign_ins
        )
        return (self, *further)

    @property
    def known_secrets(self) -> tuple[str, ...]:
        """The secrets of every way to sign in."""
        return tuple(dict.fromkeys(key for way in self.ways_to_sign_in for key in way.secrets))

    def signing_in_with(self, given: Collection[str]) -> Connector:
        """The connector as it signs in with some secrets.

        The way that has all of its secrets is taken, else the one that has most of them; of two,
        the one that is declared first.

        Args:
            given: The configuration keys of the secrets.
        """

        def fit(way: Connector) -> tuple[bool, int]:
            return {*way.needed_secrets} <= {*given}, len({*way.secrets} & {*given})

        return max(self.ways_to_sign_in, key=fit)

    def stream(self, name: str) -> Stream:
        """The stream of that name.

        Raises:
            KeyError: The connector declares no such stream.
        """
        for candidate in self.streams:
            if candidate.name == name:
                return candidate
        raise KeyError(f"{self.name} declares no stream {name!r}")
