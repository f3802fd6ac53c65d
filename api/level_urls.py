"""Addresses of service levels: agreements, calendars, figures, what-ifs, recalculations."""

from __future__ import annotations

from django.urls import URLPattern, path

from api.views import (
    agreement_acts,
    agreement_drafts,
    agreement_papers,
    agreement_questions,
    agreements,
    calendar_questions,
    calendars,
    levels,
    recalculations,
    replays,
)

AGREEMENT = "agreements/<int:pk>"
VERSION = f"{AGREEMENT}/versions/<int:number>"
CALENDAR = "calendars/<int:pk>"
WHAT_IF = "what-ifs/<int:pk>"
RECALCULATION = "recalculations/<int:pk>"

LEVELS: list[URLPattern] = [
    path("agreements/", agreements.AgreementsView.as_view(), name="agreements"),
    path(f"{AGREEMENT}/", agreements.AgreementView.as_view(), name="agreement"),
    path(f"{AGREEMENT}/draft/", agreement_drafts.AgreementDraftView.as_view(), name="agreement-draft"),
    path(f"{VERSION}/", agreements.AgreementVersionView.as_view(), name="agreement-version"),
    path(f"{VERSION}/comments/", agreement_papers.AgreementCommentsView.as_view(), name="agreement-comments"),
    path(f"{VERSION}/files/", agreement_papers.AgreementFilesView.as_view(), name="agreement-files"),
    path(f"{VERSION}/files/<uuid:key>/", agreement_papers.AgreementFileView.as_view(), name="agreement-file"),
    path(f"{VERSION}/selection/", agreement_questions.AgreementSelectionView.as_view(), name="agreement-selection"),
    path(f"{VERSION}/coverage/", agreement_questions.AgreementCoverageView.as_view(), name="agreement-coverage"),
    *(
        path(f"{VERSION}/acts/{act}/", agreement_acts.AgreementActView.as_view(act=act), name=f"agreement-{act}")
        for act in agreement_acts.WAYS
    ),
    path("calendars/", calendars.CalendarsView.as_view(), name="calendars"),
    path("calendars/templates/", calendars.CalendarTemplatesView.as_view(), name="calendar-templates"),
    path("calendars/trial/", calendar_questions.CalendarTrialView.as_view(), name="calendar-trial"),
    path(f"{CALENDAR}/", calendars.CalendarView.as_view(), name="calendar"),
    path(f"{CALENDAR}/draft/", calendars.CalendarDraftView.as_view(), name="calendar-draft"),
    path(f"{CALENDAR}/draft/publish/", calendars.CalendarPublishView.as_view(), name="calendar-publish"),
    path(f"{CALENDAR}/draft/public-days/", calendars.CalendarPublicDaysView.as_view(), name="calendar-public-days"),
    path(f"{CALENDAR}/versions/", calendars.CalendarVersionsView.as_view(), name="calendar-versions"),
    path(f"{CALENDAR}/versions/<int:number>/", calendars.CalendarVersionView.as_view(), name="calendar-version"),
    path(
        f"{CALENDAR}/versions/<int:number>/year/", calendar_questions.CalendarYearView.as_view(), name="calendar-year"
    ),
    path(f"{CALENDAR}/differences/", calendar_questions.CalendarDifferencesView.as_view(), name="calendar-differences"),
    path(f"{CALENDAR}/drift/", calendar_questions.CalendarDriftView.as_view(), name="calendar-drift"),
    path("levels/compliance/", levels.ComplianceView.as_view(), name="levels-compliance"),
    path("levels/groups/", levels.GroupsView.as_view(), name="levels-groups"),
    path("levels/times/", levels.TimesView.as_view(), name="levels-times"),
    path("levels/hours/", levels.HoursView.as_view(), name="levels-hours"),
    path("levels/causes/", levels.CausesView.as_view(), name="levels-causes"),
    path("levels/cycles/", levels.CyclesView.as_view(), name="levels-cycles"),
    path("levels/wall/", levels.WallView.as_view(), name="levels-wall"),
    path("levels/wall/clocks/", levels.WallClocksView.as_view(), name="levels-wall-clocks"),
    path("what-ifs/", replays.WhatIfsView.as_view(), name="what-ifs"),
    path(f"{WHAT_IF}/", replays.WhatIfView.as_view(), name="what-if"),
    path(f"{WHAT_IF}/cancel/", replays.WhatIfCancelView.as_view(), name="what-if-cancel"),
    path(f"{WHAT_IF}/flips/", replays.WhatIfFlipsView.as_view(), name="what-if-flips"),
    path(f"{WHAT_IF}/flips/<int:flip>/", replays.WhatIfFlipView.as_view(), name="what-if-flip"),
    path("recalculations/", recalculations.RecalculationsView.as_view(), name="recalculations"),
    path(f"{RECALCULATION}/", recalculations.RecalculationView.as_view(), name="recalculation"),
    path(f"{RECALCULATION}/changes/", recalculations.RecalculationChangesView.as_view(), name="recalculation-changes"),
    path(f"{RECALCULATION}/apply/", recalculations.RecalculationApplyView.as_view(), name="recalculation-apply"),
    path(f"{RECALCULATION}/cancel/", recalculations.RecalculationCancelView.as_view(), name="recalculation-cancel"),
]
