"""Every address of the register. State is changed by POST alone; verbs stand at the end of a path."""

from django.urls import include, path, re_path

from requests_app.api import api
from requests_app.views import (
    bundle,
    explorer,
    intake,
    log,
    oversight,
    people,
    periods,
    public,
    receipt,
    requests,
    review,
)

app_name = "requests_app"

# /
public_urls = [
    path("", requests.home, name="home"),
    path("log/verifier.py", log.log_verifier, name="log_verifier"),
    path("tlog/<path:path>", log.tlog, name="tlog"),
    # What is published: written as files, and a web server in front may hand them out itself.
    re_path(
        r"^(?P<language>en|es)/quarters/(?P<quarter>[^/]+)/rows/search/$",
        public.rows_search,
        name="rows_search",
    ),
    re_path(r"^(?P<path>(?:en|es)/embed/.*)$", public.framed, name="framed"),
    re_path(r"^(?P<language>en|es)/policy/explorer/$", explorer.explorer, name="explorer"),
    re_path(
        r"^(?P<path>(?:en|es|data)/.*|sitemap\.xml|robots\.txt|data\.json)$",
        public.published,
        name="published",
    ),
    re_path(r"^api/v1/(?P<path>.*)$", api, name="api"),
    # Short ways in, and addresses of before.
    path("statistics/", public.statistics, name="statistics"),
    path("statistics/<str:quarter>/", public.statistics_quarter, name="statistics_quarter"),
    path("policy/", public.policy, name="policy"),
    path("about/", public.about, name="about"),
    path("log/", public.log, name="log"),
    path("receipt/", public.receipt_check, name="receipt_check"),
]

# /people/
people_urls = [
    path("", people.people, name="people"),
    path("new/", people.person_create, name="person_create"),
    path("locked/", people.people_locked, name="people_locked"),
    path("<str:badge_number>/", people.person, name="person"),
    path("<str:badge_number>/unlock/", people.person_unlock, name="person_unlock"),
    path(
        "<str:badge_number>/propose_activation/",
        people.person_propose_activation,
        name="person_propose_activation",
    ),
    path("<str:badge_number>/propose_reset/", people.person_propose_reset, name="person_propose_reset"),
    path("<str:badge_number>/confirm_step/", people.person_confirm_step, name="person_confirm_step"),
    path("<str:badge_number>/withdraw_step/", people.person_withdraw_step, name="person_withdraw_step"),
    path("<str:badge_number>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path(
        "<str:badge_number>/new_enrolment_link/",
        people.person_new_enrolment_link,
        name="person_new_enrolment_link",
    ),
    path("<str:badge_number>/propose_role/", people.person_propose_role, name="person_propose_role"),
    path("<str:badge_number>/confirm_role/", people.person_confirm_role, name="person_confirm_role"),
    path("<str:badge_number>/end_role/", people.person_end_role, name="person_end_role"),
    path("<str:badge_number>/review_roles/", people.person_review_roles, name="person_review_roles"),
    path("<str:badge_number>/record_training/", people.person_record_training, name="person_record_training"),
]

# /queue/ and /wall/
duty_urls = [
    path("queue/", review.queue, name="queue"),
    path("queue/rows/", review.queue_rows, name="queue_rows"),
    path("wall/", intake.wall, name="wall"),
    path("wall/counts/", intake.wall_counts, name="wall_counts"),
]

# /oversight/
oversight_urls = [
    path("", oversight.oversight, name="oversight"),
    path("blocked/", oversight.oversight_blocked, name="oversight_blocked"),
    path("deviations/", oversight.oversight_deviations, name="oversight_deviations"),
    path("looks/", oversight.oversight_looks, name="oversight_looks"),
    path("permissions/", oversight.oversight_permissions, name="oversight_permissions"),
    path("periods/", periods.oversight_periods, name="oversight_periods"),
    path("periods/calls/", periods.oversight_calls, name="oversight_calls"),
    path("periods/<str:quarter>/frozen/", periods.oversight_release, name="oversight_release"),
    path("periods/<str:quarter>/bundle/", bundle.oversight_bundle, name="oversight_bundle"),
]

# /requests/<public_id>/
request_urls = [
    path("", requests.request_detail, name="request_detail"),
    path("revisions/", requests.request_revisions, name="request_revisions"),
    path("as_of/", oversight.request_as_of, name="request_as_of"),
    path("bundle/", bundle.request_bundle, name="request_bundle"),
    path("receipt/", receipt.request_receipt, name="request_receipt"),
    path("receipt/file/", receipt.request_receipt_file, name="request_receipt_file"),
    path("save_intake/", intake.request_save_intake, name="request_save_intake"),
    path("autosave/", intake.request_autosave, name="request_autosave"),
    path("abandon/", intake.request_abandon, name="request_abandon"),
    path("log/", intake.request_log, name="request_log"),
    path("page/", intake.request_page, name="request_page"),
    path("radio_decision/", intake.request_radio_decision, name="request_radio_decision"),
    path("acknowledge/", review.request_acknowledge, name="request_acknowledge"),
    path("claim/", review.request_claim, name="request_claim"),
    path("release/", review.request_release, name="request_release"),
    path("verify_caller/", review.request_verify_caller, name="request_verify_caller"),
    path("record_call/", review.request_record_call, name="request_record_call"),
    path("set_evidence/", review.request_set_evidence, name="request_set_evidence"),
    path("reclassify/", review.request_reclassify, name="request_reclassify"),
    path("request_information/", review.request_request_information, name="request_request_information"),
    path("decide/", review.request_decide, name="request_decide"),
    path("confirm/", review.request_confirm, name="request_confirm"),
    path("agree/", review.request_agree, name="request_agree"),
    path("disagree/", review.request_disagree, name="request_disagree"),
    path("dispatch/", requests.request_dispatch, name="request_dispatch"),
    path("officer_arrives/", requests.request_officer_arrives, name="request_officer_arrives"),
    path("commander_arrives/", requests.request_commander_arrives, name="request_commander_arrives"),
    path("commander_absent/", requests.request_commander_absent, name="request_commander_absent"),
    path("stand_down/", requests.request_stand_down, name="request_stand_down"),
    path("report_outcome/", requests.request_report_outcome, name="request_report_outcome"),
    path("withdraw/", requests.request_withdraw, name="request_withdraw"),
    path("correct/", requests.request_correct, name="request_correct"),
    path("reopen/", requests.request_reopen, name="request_reopen"),
    path("reveal/", requests.request_reveal, name="request_reveal"),
    path("explain/", requests.request_explain, name="request_explain"),
    path("answer/", requests.request_answer, name="request_answer"),
    path("review/", oversight.request_review, name="request_review"),
    path("follow_up/", oversight.request_follow_up, name="request_follow_up"),
    path("hold/", oversight.request_hold, name="request_hold"),
    path("propose_erasure/", oversight.request_propose_erasure, name="request_propose_erasure"),
    path("erase/", oversight.request_erase, name="request_erase"),
]

urlpatterns = [
    *public_urls,
    *duty_urls,
    path("people/", include(people_urls)),
    path("oversight/", include(oversight_urls)),
    path("requests/", requests.request_list, name="request_list"),
    path("requests/new/", intake.request_new, name="request_new"),
    path("requests/new/autosave/", intake.request_new_autosave, name="request_new_autosave"),
    path("requests/<str:public_id>/", include(request_urls)),
]
