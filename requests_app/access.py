"""The only way HTTP code gets a case: visible and permitted, or an answer that tells nothing."""

import re

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from requests_app import permissions
from requests_app.models import AssistanceRequest, User
from requests_app.models.request import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH
from requests_app.vocabulary import Action

# Anything may stand in an address; a byte that the database cannot hold must not reach it.
PUBLIC_ID = re.compile(f"[{PUBLIC_ID_ALPHABET}]{{{PUBLIC_ID_LENGTH}}}")


def person(request: HttpRequest) -> User:
    """Who is signed in. 403 for nobody: the view lacks its `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


def get_case(user: User, public_id: str, action: Action = Action.VIEW) -> AssistanceRequest:
    """The case, if this person may see it and holds the action.

    Not visible is 404, the same as not existing; visible but not permitted is 403. Whether the
    action is legal from the case's present state is the transition's to say, under the lock.
    """
    if not PUBLIC_ID.fullmatch(public_id):
        raise Http404("No such request.")
    case = AssistanceRequest.objects.visible_to(user).for_list().filter(public_id=public_id).first()
    if case is None:
        raise Http404("No such request.")
    if not permissions.allows(user.roles, action):
        raise PermissionDenied("Your role does not allow this.")
    return case


def require(user: User | AnonymousUser, action: Action) -> None:
    """403 unless the person holds an action that belongs to no single case."""
    if not (isinstance(user, User) and permissions.allows(user.roles, action)):
        raise PermissionDenied("Your role does not allow this.")
