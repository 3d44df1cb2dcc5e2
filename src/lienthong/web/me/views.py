"""One's own account: password, second factors, open sessions, authority given and held."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts import selectors, services
from lienthong.accounts.errors import AccountError
from lienthong.common import clock
from lienthong.web.forms import tell
from lienthong.web.me.forms import DelegationForm, PasswordForm
from lienthong.web.me.sessions import described
from lienthong.web.pages import PageRequest, page, sign_in_first


@require_safe
@page()
def me(request: PageRequest) -> HttpResponse:
    """Everything about oneself, on one page."""
    factors = Authenticator.objects.filter(user=request.user)
    sessions = UserSession.objects.purge_and_list(request.user)
    told = {
        "totp": factors.filter(type=Authenticator.Type.TOTP).first(),
        "keys": factors.filter(type=Authenticator.Type.WEBAUTHN).order_by("created_at"),
        "recovery": factors.filter(type=Authenticator.Type.RECOVERY_CODES).first(),
        "given": selectors.delegations_given(request.user, today=clock.today()),
        "held": [seat for seat in request.seats if seat.on_behalf_of],
        "may_delegate": selectors.delegable_positions(request.user, today=clock.today()).exists(),
        "sessions": [described(session, request.session.session_key) for session in reversed(sessions)],
    }
    return render(request, "me/me.html", told)


@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """A new password. Open also to those who hold no position yet: it comes before everything else."""
    user = request.user
    if not user.is_authenticated:
        return sign_in_first(request)
    form, first = PasswordForm(request.POST or None, user=user), user.must_change_password
    if request.method == "POST" and form.is_valid():
        services.change_own_password(user=user, password=form.cleaned_data["new"])
        update_session_auth_hash(request, user)  # this session goes on, all others end
        messages.success(request, "Đã đổi mật khẩu. Các phiên khác của bạn đã được đăng xuất.")
        return redirect("tour" if first else "home")
    status = 422 if form.is_bound else 200
    return render(request, "me/password.html", {"form": form, "first": first}, status=status)


@require_POST
@page()
def end_session(request: PageRequest) -> HttpResponse:
    """Sign out another browser."""
    session = get_object_or_404(UserSession, pk=request.POST.get("session") or None, user=request.user)
    session.end()
    messages.success(request, "Đã đăng xuất phiên đó.")
    return redirect("me")


@page()
def delegate(request: PageRequest) -> HttpResponse:
    """Let a colleague act for oneself."""
    form = DelegationForm(request.POST or None, user=request.user, today=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.delegate(actor=request.actor, **form.cleaned_data)
        except AccountError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã ủy quyền cho {made.to_user.full_name} đến hết {made.valid_to:%d/%m/%Y}.")
            return redirect("me")
    return render(request, "me/delegate.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@page()
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take it back."""
    delegation = get_object_or_404(selectors.delegations_given(request.user, today=clock.today()), pk=pk)
    services.revoke_delegation(actor=request.actor, delegation=delegation)
    messages.success(request, f"Đã thu hồi ủy quyền của {delegation.to_user.full_name}.")
    return redirect("me")
