"""Addresses of every way to show who one is, besides the password."""

from django.urls import path

from quantriet.org.pages import cards, issuers, passkeys, second_factor

urlpatterns = [
    path("dang-nhap/xac-nhan/", second_factor.ask, name="second-factor"),
    path("dang-nhap/xac-nhan/thiet-lap/", second_factor.set_up, name="second-factor-setup"),
    path("dang-nhap/xac-nhan/ma.svg", second_factor.qr, name="second-factor-qr"),
    path("dang-nhap/khoa/bat-dau/", passkeys.begin, name="passkey-begin"),
    path("dang-nhap/khoa/", passkeys.finish, name="passkey-finish"),
    path("dang-nhap/the/", cards.sign_in, name="card-sign-in"),
    path("dang-nhap/to-chuc/", issuers.begin, name="issuer-begin"),
    path("dang-nhap/to-chuc/tro-ve/", issuers.finish, name="issuer-finish"),
    path("dang-nhap/loi-moi/<str:word>/", issuers.invited, name="issuer-invited"),
    path("tai-khoan/<int:account_id>/loi-moi/", issuers.invite, name="issuer-invite"),
    path("tai-khoan/<int:account_id>/go-xac-nhan/", second_factor.clear, name="second-factor-clear"),
    path("dang-nhap-cua-toi/", second_factor.my_sign_in, name="my-sign-in"),
    path("dang-nhap-cua-toi/ma-du-phong/", second_factor.new_recovery_codes, name="recovery-codes-new"),
    path("dang-nhap-cua-toi/ung-dung/go/", second_factor.remove_app, name="app-remove"),
    path("dang-nhap-cua-toi/khoa/bat-dau/", passkeys.register_begin, name="passkey-register-begin"),
    path("dang-nhap-cua-toi/khoa/", passkeys.register, name="passkey-register"),
    path("dang-nhap-cua-toi/khoa/<int:passkey_id>/go/", passkeys.remove, name="passkey-remove"),
    path("dang-nhap-cua-toi/phien/ket-thuc/", second_factor.end_sessions, name="sessions-end"),
    path("don-vi/<int:unit_id>/the/", cards.unit_cards, name="unit-cards"),
    path("don-vi/<int:unit_id>/the/<int:person_id>/thu-hoi/", cards.revoke, name="card-revoke"),
]
