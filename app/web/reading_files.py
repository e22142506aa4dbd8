"""A file of preferences is read before the request's transaction opens: a large one would hold the one writer for seconds.

So that nobody has files read who may not import them, the sign-in is looked up and the import counted ahead of that, in
a look of its own. A route asks for the file first, by `dependencies=[...]`, and for `Writing` after it.
"""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from app.domain.errors import BadInput, NothingUsable
from app.services import accounts
from app.services.accounts import AccountView
from app.services.importing import files
from app.services.importing.files import PairsFile
from app.storage.database import Database
from app.web import signing_in
from app.web.guards import rates
from app.web.guards.transactions import Gates
from app.web.refusals import SignInNeeded, check_scope


async def read_file(request: Request, data: bytes, person: str, *, strangers: bool) -> PairsFile:
    """The comparisons of one person of a file; stores nothing.

    Raises SignInNeeded where `strangers` may not import and there is no sign-in, ScopeMissing, TooManyRequests, SeveralPeople
    where `person` is "" and the file holds more than one person's choices, NothingUsable and TooLarge.
    """
    gates: Gates = request.app.state.gates
    token = signing_in.presented_token(request)
    account: AccountView | None = None
    if token:
        async with gates.readers:
            account = await run_in_threadpool(_account, request.app.state.database, token)
    if account is None and not strangers:
        raise SignInNeeded("You are not signed in here.")
    if account is not None:
        check_scope(account.scopes, "import")
    rates.take(request, "imports", account.account_id if account else rates.client_address(request))
    async with gates.files:
        return await run_in_threadpool(_read, data, person)


def _read(data: bytes, person: str) -> PairsFile:
    try:
        return files.read_pairs(data, person)
    except BadInput as fault:
        # Whatever is wrong with the whole of a file is one kind for programs, however many ways there are to it.
        raise NothingUsable(str(fault)) if type(fault) is BadInput else fault from None


def _account(database: Database, token: str) -> AccountView | None:
    with database.reading() as session:
        return accounts.account_for_token(session, token)
