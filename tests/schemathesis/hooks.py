"""What schemathesis has to know of texts that a pattern does not say: real phones, keys and addresses that answer."""

import os
import secrets

import schemathesis
from hypothesis import strategies as st

UPSTREAM = os.environ["PAREIA_UPSTREAM"]

LINE = st.text(alphabet="abcçdé XYZ019-", min_size=1, max_size=40).map(str.strip).filter(bool)

schemathesis.openapi.format("phone", st.builds("55{}9{:08d}".format, st.sampled_from([11, 21, 85]), st.integers(0, 99_999_999)))
schemathesis.openapi.format("line", LINE)
schemathesis.openapi.format("password", st.text(alphabet="abcdefgh0123", min_size=8, max_size=40))
schemathesis.openapi.format("evolution-key", st.just("fuzzed-key"))
schemathesis.openapi.format("base-url", st.just(UPSTREAM))
schemathesis.openapi.format("user", st.just("fuzz"))
schemathesis.openapi.format("credential", st.just("evo"))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every call comes from another address: who has failed too often at one is answered 429 and nothing else.

    The run keeps its own token and its server, which it would lose for the rest of it.
    """
    case.headers = {**(case.headers or {}), "X-Forwarded-For": ".".join(str(1 + secrets.randbelow(254)) for _ in range(4))}
    spared = {"tokenId": os.environ["PAREIA_TOKEN_ID"], "credentialId": "evo"}
    ends = case.method == "DELETE" or case.path.endswith("/disable")
    for name, value in (case.path_parameters or {}).items():
        if ends and spared.get(name) == value:
            case.path_parameters[name] = "spared"
