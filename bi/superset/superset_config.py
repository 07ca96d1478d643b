"""Superset's settings: on this machine alone, without calls home, and without a cache of data.

Belongs here: what Superset reads at its start. Does not belong here: starting it (``run.py``).
"""

import os
from pathlib import Path

_HOME = Path(os.environ["TRIBUTARY_SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret.key").read_text("utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"
WTF_CSRF_ENABLED = True
PUBLIC_ROLE_LIKE = None
# DuckDB counts as unsafe, because it could read files; the bundle's connection cannot.
PREVENT_UNSAFE_DB_CONNECTIONS = False
# A new generation is seen at the next query.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache"}
EXPLORE_FORM_DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache"}
# The built pages load a picture from a counter of visitors whatever SCARF_ANALYTICS says; the
# policy of the pages forbids every address but this one.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
