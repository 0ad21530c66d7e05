"""Addresses of floor 1."""

from django.urls import path

from quantriet.org.pages import (
    accounts,
    act_sheets,
    acts,
    facilities,
    facility_requests,
    imports,
    own_data,
    people,
    person_acts,
    sign_in,
    units,
)

urlpatterns = [
    path("dang-nhap/", sign_in.sign_in, name="sign-in"),
    path("dang-xuat/", sign_in.sign_out, name="sign-out"),
    path("mat-khau/", sign_in.change_password, name="change-password"),
    path("doi-don-vi/", sign_in.switch_unit, name="switch-unit"),
    path("tai-khoan/", own_data.my_account, name="my-account"),
    path("du-lieu-cua-toi/", own_data.my_data, name="my-data"),
    path("du-lieu-cua-toi/tai-ve/<str:form>/", own_data.my_export, name="my-export"),
    path("yeu-cau-du-lieu/", own_data.data_requests, name="data-requests"),
    path("yeu-cau-du-lieu/<int:request_id>/", own_data.data_request, name="data-request"),
    path("ai-duoc-lam-gi/", accounts.roles, name="roles"),
    path("sap-xep/", acts.acts, name="acts"),
    path("sap-xep/tep/", act_sheets.act_sheet, name="act-sheet"),
    path("sap-xep/tep/mau.xlsx", act_sheets.act_sheet_template, name="act-sheet-template"),
    path("sap-xep/tep/<int:sheet_id>/", act_sheets.act_sheet_look, name="act-sheet-look"),
    path("sap-xep/tep/<int:sheet_id>/xem/", act_sheets.act_sheet_again, name="act-sheet-again"),
    path("sap-xep/tep/<int:sheet_id>/tra-loi/", act_sheets.act_sheet_answer, name="act-sheet-answer"),
    path("sap-xep/tep/<int:sheet_id>/thuc-hien/", act_sheets.act_sheet_do, name="act-sheet-do"),
    path("sap-xep/tep/<int:sheet_id>/loi.xlsx", act_sheets.act_sheet_faults, name="act-sheet-faults"),
    path("sap-xep/moi/<slug:act_kind>/", acts.act_new, name="act-new"),
    path("sap-xep/<int:act_id>/", acts.act, name="act"),
    path("sap-xep/<int:act_id>/hoan-tac/", acts.act_undo, name="act-undo"),
    path("sap-xep/<int:act_id>/thuc-hien-lai/", acts.act_resume, name="act-resume"),
    path("don-vi/", units.units, name="units"),
    path("don-vi/tim/", units.unit_search, name="unit-search"),
    path("don-vi/<int:unit_id>/", units.unit, name="unit"),
    path("don-vi/<int:unit_id>/sua/", units.unit_edit, name="unit-edit"),
    path("don-vi/<int:unit_id>/hoi-truong/", facilities.facilities, name="facilities"),
    path(
        "don-vi/<int:unit_id>/hoi-truong/xac-nhan/", facilities.facilities_confirm, name="facilities-confirm"
    ),
    path("don-vi/<int:unit_id>/hoi-truong/de-nghi/", facility_requests.facility_ask, name="facility-ask"),
    path("hoi-truong/de-nghi/", facility_requests.facility_requests, name="facility-requests"),
    path(
        "hoi-truong/de-nghi.xlsx", facility_requests.facility_requests_sheet, name="facility-requests-sheet"
    ),
    path(
        "hoi-truong/de-nghi/<int:facility_request_id>/",
        facility_requests.facility_request,
        name="facility-request",
    ),
    path("hoi-truong/<int:facility_id>/", facilities.facility_edit, name="facility-edit"),
    path("don-vi/<int:unit_id>/nguoi/", people.unit_people, name="unit-people"),
    path("don-vi/<int:unit_id>/tai-khoan/", accounts.unit_accounts, name="unit-accounts"),
    path("don-vi/<int:unit_id>/tai-khoan/mo/", accounts.open_accounts, name="accounts-open"),
    path("don-vi/<int:unit_id>/tai-khoan/cap-lai/", accounts.reset_accounts, name="accounts-reset"),
    path("don-vi/<int:unit_id>/tai-khoan/vai-tro/", accounts.grant_role, name="role-grant"),
    path(
        "don-vi/<int:unit_id>/tai-khoan/<int:account_id>/dong/", accounts.close_account, name="account-close"
    ),
    path("vai-tro/<int:assignment_id>/thu-hoi/", accounts.revoke_role, name="role-revoke"),
    path("nguoi/", people.person_search, name="people"),
    path("nguoi/<int:person_id>/", people.person, name="person"),
    path("nguoi/<int:person_id>/sua/", people.person_edit, name="person-edit"),
    path("nguoi/<int:person_id>/chuc-vu/", person_acts.post_give, name="post-give"),
    path("nguoi/<int:person_id>/chuc-vu/<int:post_id>/", person_acts.post_end, name="post-end"),
    path("nguoi/<int:person_id>/chuyen/", person_acts.transfer, name="person-transfer"),
    path("nhap-tep/", imports.imports, name="imports"),
    path("nhap-tep/mau/<str:kind>/", imports.import_template, name="import-template"),
    path("nhap-tep/<int:import_id>/", imports.import_file, name="import"),
    path("nhap-tep/<int:import_id>/cot/", imports.import_columns, name="import-columns"),
    path("nhap-tep/<int:import_id>/kiem-tra/", imports.import_check, name="import-check"),
    path("nhap-tep/<int:import_id>/tra-loi/", imports.import_answer, name="import-answer"),
    path("nhap-tep/<int:import_id>/ghi/", imports.import_do, name="import-do"),
    path("nhap-tep/<int:import_id>/loi.xlsx", imports.import_faults, name="import-faults"),
]
